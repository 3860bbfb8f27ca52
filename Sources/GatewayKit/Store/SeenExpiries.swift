import Synchronization

/// The keys that this process saw expire: a clock that is set back does not revive them.
final class SeenExpiries: Sendable {
  private let seen = Mutex<[SHA256Digest: Int64]>([:])
  /// The latest moment at which a key was seen expired. While the clock is not before it, what it
  /// says is enough, and the usual look-up takes no lock.
  private let latest = Atomic<Int64>(.min)

  func isPast(_ digest: SHA256Digest, _ expiresAt: Int64, now: Int64) -> Bool {
    if now >= expiresAt {
      seen.withLock { $0[digest] = expiresAt }
      latest.max(now, ordering: .relaxed)
      return true
    }
    guard now < latest.load(ordering: .relaxed) else { return false }
    // One whose end was moved since lives again.
    return seen.withLock { $0[digest] }.map { $0 >= expiresAt } ?? false
  }
}
