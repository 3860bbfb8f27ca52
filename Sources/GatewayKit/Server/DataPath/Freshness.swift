/// Whether a loop's snapshot of the store is older than the store, and who waits for a newer one.
///
/// The promise: a change that any process was told is written holds from the next request that is
/// taken (DESIGN §4, promise 4). So a loop asks its probe before each authentication; after an
/// event, requests wait for a load that began after it.
struct Freshness: ~Copyable {
  /// The most requests of one loop that wait for a load; the next one is refused.
  static let waitingLimit = 4096

  private var probe: StoreChangeProbe
  private var waiting: [(Bool) -> Void] = []
  private var isLoading = false
  private var changedWhileLoading = false
  private(set) var isStale = false

  init(storePath: String) {
    probe = StoreChangeProbe(storePath: storePath)
  }

  mutating func storeHasChanged() -> Bool {
    guard probe.changed() else { return false }
    isStale = true
    return true
  }

  /// Whether the caller has to start a load; one that runs already is told to run again.
  mutating func beginLoad() -> Bool {
    if isLoading {
      changedWhileLoading = true
      return false
    }
    isLoading = true
    return true
  }

  /// Whether another load has to follow, because the store changed during this one.
  mutating func endLoad() -> Bool {
    if storeHasChanged() || changedWhileLoading {
      changedWhileLoading = false
      return true
    }
    isLoading = false
    isStale = false
    return false
  }

  mutating func wait(_ resume: @escaping (Bool) -> Void) -> Bool {
    guard waiting.count < Self.waitingLimit else { return false }
    waiting.append(resume)
    return true
  }

  /// Those who wait, to be resumed by the caller: what they do asks this value again.
  mutating func takeWaiting() -> [(Bool) -> Void] {
    defer { waiting = [] }
    return waiting
  }
}
