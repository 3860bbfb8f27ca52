import Logging

/// Connects to backends from here, without a gateway, and reads what they offer.
package enum BackendProbe {
  /// A person waits: no backend gets longer than this for an answer.
  private static let patience = Duration.seconds(10)

  /// What each of the backends turns out to be, in their order.
  package static func views(of backends: [BackendConfiguration]) async -> [BackendView] {
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
}
