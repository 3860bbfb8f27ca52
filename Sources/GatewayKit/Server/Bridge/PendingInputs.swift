import Synchronization

/// What clients of legacy sessions were asked and have not answered: an answer is taken only for an id
/// that is pending in that very session, and once (DESIGN §8).
final class PendingInputs: Sendable {
  /// The most that one session may have.
  static let limit = 100

  struct Key: Hashable, Sendable {
    let session: SessionNumber
    /// As JSON.
    let id: [UInt8]
  }

  /// What becomes of an answer: the message, and its scan.
  typealias Take = @Sendable (_ message: [UInt8], _ envelope: Envelope) -> Void

  private struct Pending {
    let take: Take
    let owner: ObjectIdentifier?
  }

  private struct State {
    var next: UInt64 = 1
    var pending: [Key: Pending] = [:]
    var counts: [SessionNumber: Int] = [:]
    var owned: [ObjectIdentifier: Set<Key>] = [:]
  }

  private let state = Mutex(State())

  /// Enters a question; the id that the client gets it under, as JSON. Nil when there are too many.
  ///
  /// - Parameters:
  ///   - backend: whose it is; the id carries its name.
  ///   - owner: with which it is forgotten.
  func add(
    _ session: SessionNumber, backend: String, owner: ObjectIdentifier?, take: @escaping Take
  ) -> [UInt8]? {
    state.withLock { state in
      guard state.counts[session, default: 0] < Self.limit else { return nil }
      let id = Array("\"\(backend)/\(state.next)\"".utf8)
      state.next += 1
      let key = Key(session: session, id: id)
      state.pending[key] = Pending(take: take, owner: owner)
      state.counts[session, default: 0] += 1
      if let owner { state.owned[owner, default: []].insert(key) }
      return id
    }
  }

  /// What takes the answer with that id; nil when none is awaited.
  func take(_ session: SessionNumber, id: [UInt8]) -> Take? {
    state.withLock { state in
      let key = Key(session: session, id: id)
      return Self.remove(key, &state)?.take
    }
  }

  /// Whether an id was given out, so that an answer under it comes too late, twice, or from a session
  /// that was not asked: it is dropped.
  func wasGivenOut(_ id: [UInt8]) -> Bool {
    guard let text = try? JSONValue.parse(id).stringValue,
      let number = text.split(separator: "/").last.flatMap({ UInt64($0) })
    else { return false }
    return state.withLock { number > 0 && number < $0.next }
  }

  func forget(owner: ObjectIdentifier) {
    state.withLock { state in
      for key in state.owned[owner] ?? [] { _ = Self.remove(key, &state) }
    }
  }

  private static func remove(_ key: Key, _ state: inout State) -> Pending? {
    guard let pending = state.pending.removeValue(forKey: key) else { return nil }
    let left = state.counts[key.session, default: 1] - 1
    state.counts[key.session] = left > 0 ? left : nil
    if let owner = pending.owner {
      state.owned[owner]?.remove(key)
      if state.owned[owner]?.isEmpty == true { state.owned[owner] = nil }
    }
    return pending
  }

  var count: Int { state.withLock { $0.pending.count } }
}
