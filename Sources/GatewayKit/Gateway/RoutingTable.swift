/// What every event loop routes by: the backends as they are now, and whose each name is.
///
/// Made off the loops whenever a backend's view changes, never changed afterwards.
package final class RoutingTable: Sendable {
  /// One backend's place in the table: an object, so that a request only takes a reference.
  package final class Route: Sendable {
    package let view: BackendView
    package var id: BackendID { view.id }

    init(_ view: BackendView) { self.view = view }
  }

  /// A name that two backends claim: the first in the configuration has it.
  package struct Collision: Hashable, Sendable, CustomStringConvertible {
    package let kind: String
    package let name: String
    package let kept: String
    package let hidden: String

    package var description: String {
      "\(kind) \(name) of \(hidden) is hidden on /mcp by the one of \(kept); "
        + "/mcp/\(hidden) reaches it"
    }
  }

  /// In the order of the configuration.
  package let routes: [Route]
  package let tools: ByteStringMap<RouteTarget>
  package let prompts: ByteStringMap<RouteTarget>
  package let resources: ByteStringMap<RouteTarget>
  package let templates: [(template: URITemplate, target: RouteTarget)]
  package let collisions: [Collision]
  /// Each route's tools by their own names.
  private let ownTools: [ByteStringMap<RouteTarget>]
  /// The tools whose calls carry arguments in headers too; few backends have any.
  private let headerParameters: [BackendID: ByteStringMap<ToolHeaderParameters>]
  private let backends: ByteStringMap<Int>
  /// `BackendID.index` → position in `routes`, -1 for a name that is not configured.
  private let positions: [Int32]

  package init(_ views: [BackendView]) {
    routes = views.filter { $0.state != .disabled }.map(Route.init)
    backends = ByteStringMap(
      routes.enumerated().map { (Array($1.view.configuration.name.utf8), $0) })
    var positions = [Int32](
      repeating: -1, count: (routes.map { Int($0.id.index) }.max() ?? -1) + 1)
    for (position, route) in routes.enumerated() {
      positions[Int(route.id.index)] = Int32(position)
    }
    self.positions = positions

    ownTools = routes.map { route in
      ByteStringMap(
        (route.view.catalog?.tools ?? []).map {
          (Array($0.name.utf8), RouteTarget(backend: route.id, name: $0.name))
        })
    }

    var claims = Claims()
    for route in routes {
      guard let catalog = route.view.catalog else { continue }
      let owner = route.view.configuration
      for tool in catalog.tools {
        claims.claim(.tool, JointName.of(tool.name, prefix: owner.prefix), tool.name, owner)
      }
      for prompt in catalog.prompts {
        claims.claim(.prompt, JointName.of(prompt.name, prefix: owner.prefix), prompt.name, owner)
      }
      for resource in catalog.resources {
        guard let uri = resource.uri else { continue }
        claims.claim(.resource, uri, uri, owner)
      }
      for template in catalog.templates {
        guard let uri = template.uri else { continue }
        claims.claim(.template, uri, uri, owner)
      }
    }
    tools = ByteStringMap(claims.pairs(.tool))
    prompts = ByteStringMap(claims.pairs(.prompt))
    resources = ByteStringMap(claims.pairs(.resource))
    templates = claims.pairs(.template).compactMap { key, target in
      URITemplate(String(decoding: key, as: UTF8.self)).map { ($0, target) }
    }
    collisions = claims.collisions
    headerParameters = routes.reduce(into: [:]) { parameters, route in
      let tools = (route.view.catalog?.tools ?? []).filter { !$0.headerParameters.isEmpty }
      guard !tools.isEmpty else { return }
      parameters[route.id] = ByteStringMap(
        tools.map { (Array($0.name.utf8), $0.headerParameters) })
    }
  }

  /// The lists that are another here than in an earlier table, by backend, as the notifications that say
  /// so. A backend that came or went changes all that it lists.
  package func changes(since old: RoutingTable) -> [BackendID: Set<Method>] {
    var changes: [BackendID: Set<Method>] = [:]
    for id in Set(routes.map(\.id) + old.routes.map(\.id)) {
      let (now, then) = (route(id)?.view.catalog, old.route(id)?.view.catalog)
      var kinds: Set<Method> = []
      if now?.tools ?? [] != then?.tools ?? [] { kinds.insert(.notificationsToolsListChanged) }
      if now?.prompts ?? [] != then?.prompts ?? [] {
        kinds.insert(.notificationsPromptsListChanged)
      }
      if now?.resources ?? [] != then?.resources ?? []
        || now?.templates ?? [] != then?.templates ?? []
      {
        kinds.insert(.notificationsResourcesListChanged)
      }
      if !kinds.isEmpty { changes[id] = kinds }
    }
    return changes
  }

  package func route(_ id: BackendID) -> Route? {
    let index = Int(id.index)
    guard index < positions.count, positions[index] >= 0 else { return nil }
    return routes[Int(positions[index])]
  }

  /// The configured backend of that name, found where the name lies in a request's target.
  package func route(named name: UnsafeRawBufferPointer) -> Route? {
    backends[name].map { routes[$0] }
  }

  /// Where the lists are each session's own, a name that the catalogs lack may be one of them: it goes by
  /// the backend's prefix.
  package func ownName(_ name: UnsafeRawBufferPointer) -> RouteTarget? {
    for route in routes where route.view.configuration.listsPerSession {
      let prefix = route.view.configuration.prefix
      guard !prefix.isEmpty, name.count > prefix.utf8.count, name.starts(with: prefix.utf8) else {
        continue
      }
      return RouteTarget(
        backend: route.id,
        name: String(decoding: name.dropFirst(prefix.utf8.count), as: UTF8.self))
    }
    return nil
  }

  /// A backend's tool by its own name.
  package func tool(_ name: UnsafeRawBufferPointer, of id: BackendID) -> RouteTarget? {
    let index = Int(id.index)
    guard index < positions.count, positions[index] >= 0 else { return nil }
    return ownTools[Int(positions[index])][name]
  }

  /// The arguments of a backend's tool that have to be in headers too; nil for none.
  package func headerParameters(
    _ backend: BackendID, tool: UnsafeRawBufferPointer
  ) -> ToolHeaderParameters? {
    headerParameters.isEmpty ? nil : headerParameters[backend]?[tool]
  }

  /// The first template, in the order of the configuration, that gives `uri`.
  package func template(matching uri: [UInt8]) -> RouteTarget? {
    templates.first { $0.template.matches(uri) }?.target
  }

  /// Whether the rules leave anything of what is configured (DESIGN §6, Reach).
  package func isReachEmpty(_ rules: AccessRules) -> Bool {
    guard !rules.isUnrestricted, !routes.isEmpty else { return false }
    return !routes.contains { rules.reaches($0.id) }
  }

  /// Collects names in the order of the configuration and notes those that come twice.
  private struct Claims {
    enum Kind: String { case tool, prompt, resource, template }
    private var order: [Kind: [(key: [UInt8], value: RouteTarget)]] = [:]
    private var owners: [Kind: [String: String]] = [:]
    private(set) var collisions: [Collision] = []

    mutating func claim(
      _ kind: Kind, _ joint: String, _ name: String, _ owner: BackendConfiguration
    ) {
      if let kept = owners[kind]?[joint] {
        collisions.append(
          Collision(kind: kind.rawValue, name: joint, kept: kept, hidden: owner.name))
        return
      }
      owners[kind, default: [:]][joint] = owner.name
      order[kind, default: []].append(
        (Array(joint.utf8), RouteTarget(backend: BackendID(owner.name), name: name)))
    }

    func pairs(_ kind: Kind) -> [(key: [UInt8], value: RouteTarget)] { order[kind] ?? [] }
  }
}
