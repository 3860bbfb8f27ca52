import Synchronization

/// Tells the log of backends that come up and go down.
final class BackendChanges: Sendable {
  private let log: ActivityLog
  private let generation: @Sendable () -> UInt64
  private let known = Mutex<[BackendID: Bool]>([:])

  init(_ log: ActivityLog, generation: @escaping @Sendable () -> UInt64) {
    self.log = log
    self.generation = generation
  }

  func take(_ views: [BackendView]) {
    let entries = known.withLock { known in
      let news = views.compactMap { view -> AuditEntry? in
        guard let isUp = view.state.isUp, known.updateValue(isUp, forKey: view.id) != isUp else {
          return nil
        }
        return entry(view, isUp)
      }
      let present = Set(views.map(\.id))
      known = known.filter { present.contains($0.key) }
      return news
    }
    if !entries.isEmpty { log.append(AuditBatch(entries)) }
  }

  private func entry(_ view: BackendView, _ isUp: Bool) -> AuditEntry {
    var members: [(key: String, value: JSONValue)] = [
      ("backend", .string(view.configuration.name))
    ]
    if !isUp {
      members.append(("state", .string(view.state.name)))
      if let error = view.lastError { members.append(("reason", .string(error))) }
    }
    return AuditEntry(
      isUp ? .backendUp : .backendDown, generation: generation(), at: view.since, members)
  }
}

extension BackendState {
  /// Nil where neither can be said yet, or ever.
  fileprivate var isUp: Bool? {
    switch self {
    case .up: true
    case .down, .paused, .unavailable: false
    case .starting, .disabled: nil
    }
  }
}
