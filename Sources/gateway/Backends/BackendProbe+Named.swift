import GatewayKit

extension BackendProbe {
  /// The configured backends of these names; all of them for none.
  static func named(
    _ names: [String], in configuration: GatewayConfiguration
  ) throws(CommandFailure) -> [BackendConfiguration] {
    if names.isEmpty { return configuration.backends }
    var found: [BackendConfiguration] = []
    for name in names {
      guard let backend = configuration.backends.first(where: { $0.name == name }) else {
        let known = configuration.backends.map(\.name).joined(separator: ", ")
        throw .notFound(
          "backend_not_found",
          "No backend is called \"\(name)\"; configured are: \(known.isEmpty ? "none" : known).")
      }
      found.append(backend)
    }
    return found
  }
}
