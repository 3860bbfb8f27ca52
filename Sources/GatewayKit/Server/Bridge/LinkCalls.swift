import Synchronization

/// The calls under way in each session at a backend, for questions of the backend's that do not say
/// which call they belong to.
final class LinkCalls: Sendable {
  struct Key: Hashable, Sendable {
    let session: SessionNumber
    let backend: BackendID
  }

  private struct Entry {
    let owner: ObjectIdentifier
    let call: CallLink
  }

  private let calls = Mutex<[Key: [Entry]]>([:])

  func add(_ call: BackendCall, _ key: Key) {
    let entry = Entry(owner: ObjectIdentifier(call), call: call.link)
    calls.withLock { $0[key, default: []].append(entry) }
  }

  func remove(_ call: BackendCall, _ key: Key) {
    let owner = ObjectIdentifier(call)
    calls.withLock { calls in
      calls[key]?.removeAll { $0.owner == owner }
      if calls[key]?.isEmpty == true { calls[key] = nil }
    }
  }

  /// The one that began last, and whether it is the only one.
  func newest(_ key: Key) -> (call: CallLink, isOnly: Bool)? {
    calls.withLock { calls in
      calls[key].flatMap { own in own.last.map { ($0.call, own.count == 1) } }
    }
  }
}
