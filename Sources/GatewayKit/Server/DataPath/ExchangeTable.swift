import Synchronization

/// The calls that stdio backends work on, so that `notifications/cancelled` finds them.
final class ExchangeTable: Sendable {
  struct Key: Hashable, Sendable {
    let session: SessionNumber
    /// The JSON-RPC id as it was spelled: 1 is not "1".
    let id: [UInt8]
  }

  private let tasks = Mutex<[Key: Task<Void, Never>]>([:])

  func add(_ key: Key, _ task: Task<Void, Never>) {
    tasks.withLock { $0[key] = task }
  }

  func remove(_ key: Key) {
    tasks.withLock { $0[key] = nil }
  }

  func cancel(session: SessionNumber, id: [UInt8]) {
    tasks.withLock { $0[Key(session: session, id: id)] }?.cancel()
  }

  var count: Int { tasks.withLock { $0.count } }
}
