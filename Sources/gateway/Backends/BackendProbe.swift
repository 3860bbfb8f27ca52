import GatewayKit
import Logging

/// Connects to backends from here, without a gateway, and reads what they offer.
enum BackendProbe {
  /// A person waits: no backend gets longer than this for an answer.
  private static let patience = Duration.seconds(10)

  /// What each of the backends turns out to be, in their order.
  static func views(of backends: [BackendConfiguration]) async -> [BackendView] {
    let hurried = backends.map { backend in
      var backend = backend
      backend.timeout = min(backend.timeout, patience)
      return backend
    }
    let set = BackendSet(
      hurried, logger: Logger(label: "gateway") { _ in SwiftLogNoOpLogHandler() })
    await withDiscardingTaskGroup { group in
      for backend in hurried {
        group.addTask { await set.backend(BackendID(backend.name))?.refreshCatalog() }
      }
    }
    let views = set.views
    await set.stop()
    return views
  }

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
