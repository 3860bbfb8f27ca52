import Synchronization

/// The calls under way of legacy sessions, so that `notifications/cancelled` finds them.
final class CallTable: Sendable {
  struct Key: Hashable, Sendable {
    let session: SessionNumber
    /// The JSON-RPC id as it was spelled: 1 is not "1".
    let id: [UInt8]
  }

  private let calls = Mutex<[Key: CallLink]>([:])

  func add(_ key: Key, _ call: CallLink) { calls.withLock { $0[key] = call } }

  func remove(_ key: Key) { calls.withLock { $0[key] = nil } }

  func find(_ key: Key) -> CallLink? { calls.withLock { $0[key] } }
}
