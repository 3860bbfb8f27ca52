import HTTPTypes
import Hummingbird

/// One route, as the router serves it and as the gate knows it.
struct AdminRoute: Sendable {
  typealias Handler = @Sendable (Request, AdminRequestContext) async throws -> Response

  let method: HTTPRequest.Method
  /// Segments that are meant literally, and `{name}` for those that can be anything.
  let path: String
  /// The names that its query string may have; nil where a query string means nothing and may be
  /// anything, as on pages that probes come to.
  let query: [String]?
  let handler: Handler

  init(
    _ method: HTTPRequest.Method, _ path: String, query: [String]? = [], handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.handler = handler
  }

  private var segments: [Substring] { path.dropFirst().split(separator: "/") }

  /// How many of its segments are literal; nil when it is not a route of these segments.
  private func literals(in given: [Substring]) -> Int? {
    let segments = segments
    guard segments.count == given.count else { return nil }
    var count = 0
    for (own, other) in zip(segments, given) where !own.hasPrefix("{") {
      guard own == other else { return nil }
      count += 1
    }
    return count
  }

  /// Those of one path, whatever their method. A literal segment is stronger than `{name}`, as in
  /// the router: `/keys/revoke` is no key's path.
  static func matching(_ target: AdminTarget, in routes: [AdminRoute]) -> [AdminRoute] {
    guard let segments = target.segments else { return [] }
    let ranked = routes.compactMap { route in
      route.literals(in: segments).map { (route: route, literals: $0) }
    }
    let best = ranked.map(\.literals).max()
    return ranked.filter { $0.literals == best }.map(\.route)
  }
}
