import GatewayKit

/// The backends that there are: the configuration's, and those that a running gateway has, which may
/// have an older one.
struct KnownBackends {
  /// Nil where the configuration cannot be read.
  let configured: [BackendConfiguration]?
  /// As `/status` has them; nil where no gateway runs.
  let live: [JSONValue]?

  init(_ configuration: GatewayConfiguration) {
    configured = configuration.unreadFile == nil ? configuration.backends : nil
    live = try? GatewaySocket(configuration).get("/status")["backends"]?.arrayValue
  }

  /// Nil where nobody can say.
  var names: [String]? {
    guard configured != nil || live != nil else { return nil }
    return (configured ?? []).map(\.name) + onlyLive.map { $0["name"]?.stringValue ?? "" }
  }

  /// Those of the running gateway that the configuration does not have, or no longer.
  var onlyLive: [JSONValue] {
    (live ?? []).filter { backend in
      configured?.contains { $0.name == backend["name"]?.stringValue } != true
    }
  }

  /// How each of the running gateway's is, by name; nil where none runs.
  var health: [String: String]? { live.map { Explanation.health(of: $0) } }
}

extension CommonOptions {
  /// For commands that work on the store.
  func knownBackends() throws -> KnownBackends { KnownBackends(try configuration(for: .store)) }
}
