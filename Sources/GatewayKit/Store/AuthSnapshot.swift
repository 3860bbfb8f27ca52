import Synchronization

/// What a look at a key found.
package enum KeyVerdict: Sendable {
  case valid(Caller)
  case unknown
  case revoked(keyID: String)
  case expired(keyID: String)
  /// Its user is disabled.
  case disabled(keyID: String, username: String)
}

/// Everything that authentication needs of the store at one moment. Never changed.
///
/// Keys are found by their digest's words in a table of open addressing: a look-up reads one or
/// two places of memory, however many keys there are, and allocates nothing.
package final class AuthSnapshot: Sendable {
  private struct Entry: Sendable {
    let digest: SHA256Digest
    /// Microseconds since 1970; `.max` never expires.
    let expiresAt: Int64
    let isRevoked: Bool
    let isDisabled: Bool
    let caller: Caller
  }

  /// The store's own count of its writes.
  package let generation: UInt64
  /// Grows with each snapshot of this process: of two, the later one counts.
  package let sequence: UInt64
  private let entries: [Entry]
  /// Places in `entries`, -1 is free. The size is a power of two.
  private let slots: [Int32]
  private let mask: UInt64
  private let expiries: SeenExpiries

  private static let counter = Atomic<UInt64>(1)

  init(_ document: StoreDocument, expiries: SeenExpiries) {
    generation = document.generation
    sequence = Self.counter.add(1, ordering: .relaxed).newValue
    self.expiries = expiries
    var rules: [String: (rules: AccessRules, user: UserRecord)] = [:]
    rules.reserveCapacity(document.users.count)
    for user in document.users { rules[user.userID] = (user.user.rules, user) }
    var entries: [Entry] = []
    entries.reserveCapacity(document.keys.count)
    for key in document.keys {
      // A key without a user opens nothing; `store check` reports it.
      guard let owner = rules[key.userID] else { continue }
      entries.append(
        Entry(
          digest: key.digest, expiresAt: key.expiresAt?.microseconds ?? .max,
          isRevoked: key.isRevoked, isDisabled: !owner.user.isEnabled,
          caller: Caller(
            principal: .user(id: key.userID), username: owner.user.username, userID: key.userID,
            keyID: key.id, rules: owner.rules)))
    }
    (slots, mask) = Self.table(entries)
    self.entries = entries
  }

  private static func table(_ entries: [Entry]) -> ([Int32], UInt64) {
    var size = 16
    while size < entries.count * 2 { size *= 2 }
    let mask = UInt64(size - 1)
    var slots = [Int32](repeating: -1, count: size)
    for (index, entry) in entries.enumerated() {
      // A digest is random already: its words need no further hashing.
      var slot = entry.digest.a & mask
      while slots[Int(slot)] >= 0 { slot = (slot + 1) & mask }
      slots[Int(slot)] = Int32(index)
    }
    return (slots, mask)
  }

  package var keyCount: Int { entries.count }

  /// - Parameter now: microseconds since 1970.
  package func authenticate(_ digest: SHA256Digest, now: Int64) -> KeyVerdict {
    var slot = digest.a & mask
    while true {
      let index = slots[Int(slot)]
      guard index >= 0 else { return .unknown }
      if entries[Int(index)].digest.isEqualInConstantTime(to: digest) {
        return verdict(entries[Int(index)], now)
      }
      slot = (slot + 1) & mask
    }
  }

  private func verdict(_ entry: Entry, _ now: Int64) -> KeyVerdict {
    let keyID = entry.caller.keyID ?? ""
    if entry.isRevoked { return .revoked(keyID: keyID) }
    if entry.expiresAt != .max, expiries.isPast(entry.digest, entry.expiresAt, now: now) {
      return .expired(keyID: keyID)
    }
    if entry.isDisabled {
      return .disabled(keyID: keyID, username: entry.caller.username ?? "")
    }
    return .valid(entry.caller)
  }
}

/// The keys that this process saw expire: a clock that is set back does not revive them.
final class SeenExpiries: Sendable {
  private let seen = Mutex<[SHA256Digest: Int64]>([:])
  /// Whether there are any, so that the usual look-up takes no lock.
  private let hasAny = Atomic<Bool>(false)

  func isPast(_ digest: SHA256Digest, _ expiresAt: Int64, now: Int64) -> Bool {
    if now >= expiresAt {
      seen.withLock { $0[digest] = expiresAt }
      hasAny.store(true, ordering: .relaxed)
      return true
    }
    guard hasAny.load(ordering: .relaxed) else { return false }
    // One whose end was moved since lives again.
    return seen.withLock { $0[digest] }.map { $0 >= expiresAt } ?? false
  }
}
