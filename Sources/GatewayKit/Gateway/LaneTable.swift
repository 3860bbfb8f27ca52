import Synchronization

/// Which lanes of the sessions that the gateway keeps for modern clients have a call under way, where only
/// one may: the first that is free is taken, so that calls one after the other are in one session.
package final class LaneTable: Sendable {
  private let busy = Mutex<[PoolKey: Set<Int>]>([:])

  package init() {}

  /// A lane for one call.
  package func take(_ key: PoolKey) -> PoolKey {
    busy.withLock { busy in
      var own = key
      own.lane = 0
      let shared = own
      while busy[shared]?.contains(own.lane) == true { own.lane += 1 }
      busy[shared, default: []].insert(own.lane)
      return own
    }
  }

  package func giveBack(_ lane: PoolKey) {
    busy.withLock { busy in
      var shared = lane
      shared.lane = 0
      busy[shared]?.remove(lane.lane)
      if busy[shared]?.isEmpty == true { busy[shared] = nil }
    }
  }
}
