import Synchronization

/// Counts the event streams of each principal over all loops: those that are open, and the places
/// kept for requests on their way that are expected to be answered with one.
final class StreamLimiter: Sendable {
  private let open = Mutex<[Principal: Int]>([:])

  /// Whether one more was within the limit.
  func begin(_ principal: Principal, limit: Int) -> Bool {
    open.withLock { open in
      let count = open[principal, default: 0]
      guard count < limit else { return false }
      open[principal] = count + 1
      return true
    }
  }

  func end(_ principal: Principal) {
    open.withLock { open in
      let count = open[principal, default: 0]
      open[principal] = count > 1 ? count - 1 : nil
    }
  }

  var count: Int { open.withLock { $0.values.reduce(0, +) } }
  /// How many the principal with the most of them has.
  var mostOfOne: Int { open.withLock { $0.values.max() ?? 0 } }
}

/// Counts the open connections, over all loops.
final class ConnectionLimiter: Sendable {
  private let open = Atomic<Int>(0)

  /// Whether one more was within the limit; when not, none is counted.
  func begin(limit: Int) -> Bool {
    let count = open.add(1, ordering: .relaxed).newValue
    guard count <= limit else {
      open.subtract(1, ordering: .relaxed)
      return false
    }
    return true
  }

  func end() { open.subtract(1, ordering: .relaxed) }

  var count: Int { open.load(ordering: .relaxed) }
}
