import Dispatch
import Synchronization

/// Takes what the event loops and the other parts of a running gateway have to tell, and writes it
/// into the audit log in batches, off the data path: one write and one fsync for all that came
/// within `delay`.
///
/// What cannot be written waits in memory and is tried again; beyond `waitingLimit` it is counted,
/// and the count is written instead (`audit.lost`).
final class ActivityLog: Sendable {
  static let delay = DispatchTimeInterval.milliseconds(250)
  static let retryDelay = DispatchTimeInterval.seconds(1)
  /// The most bytes that wait to be written.
  static let waitingLimit = 32 << 20
  /// How many batches' memory is kept, to be filled again: new memory costs more than what is
  /// written into it.
  private static let spareLimit = 16

  private let journal: StoreJournal
  private let queue = DispatchQueue(label: "audit log")
  private let state = Mutex(State())
  private let blocked = Atomic<Bool>(false)

  /// How many batches are written in one go: files are put aside only in between.
  private static let sliceLimit = 64
  /// A batch of fewer bytes goes into the memory of the one before.
  private static let smallBatch = 16 << 10
  /// Where nothing may go unlogged, a write that takes longer holds up everything.
  private static let writeLimit = Duration.seconds(1)

  private struct State {
    var waiting: [AuditBatch] = []
    var waitingBytes = 0
    var spare: [AuditBatch] = []
    var isScheduled = false
    /// Since when what was taken is being written.
    var writingSince: ContinuousClock.Instant?
  }

  init(_ journal: StoreJournal) { self.journal = journal }

  /// Whether the log cannot be written and nothing may go on without it.
  var isBlocked: Bool { blocked.load(ordering: .relaxed) }

  /// How many lines wait to be written.
  var waitingCount: Int { state.withLock { $0.waiting.reduce(0) { $0 + $1.count } } }

  func append(_ entry: AuditEntry) { append(AuditBatch([entry])) }

  func append(_ batch: AuditBatch) {
    let isFirst = state.withLock { state in
      let isFull = state.waitingBytes + batch.size > Self.waitingLimit
      if journal.isRequired {
        let isSlow = state.writingSince.map { ContinuousClock.now - $0 > Self.writeLimit } ?? false
        if isFull || isSlow { blocked.store(true, ordering: .relaxed) }
      } else if isFull {
        journal.lose(batch.count)
        return false
      }
      let last = state.waiting.count - 1
      if last >= 0, batch.size < Self.smallBatch, state.waiting[last].size < 2 * Self.smallBatch {
        state.waiting[last].append(batch)
      } else {
        state.waiting.append(batch)
      }
      state.waitingBytes += batch.size
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if isFirst { schedule(after: Self.delay) }
  }

  /// An empty batch, with memory that was used before if there is some.
  func emptyBatch() -> AuditBatch { state.withLock { $0.spare.popLast() } ?? AuditBatch() }

  /// Writes what waits without waiting for more, off this thread.
  func hasten() {
    queue.async { [self] in
      if !write() { scheduleRetry() }
    }
  }

  /// Writes what waits, now. Tells whether all of it could be written.
  @discardableResult
  func flush() async -> Bool {
    await queue.perform { [self] () -> Bool in write() }
  }

  private func schedule(after delay: DispatchTimeInterval) {
    queue.asyncAfter(deadline: .now() + delay) { [self] in
      state.withLock { $0.isScheduled = false }
      if !write() { scheduleRetry() }
    }
  }

  private func scheduleRetry() {
    let isMine = state.withLock { state in
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if isMine { schedule(after: Self.retryDelay) }
  }

  /// On the queue.
  private func write() -> Bool {
    while true {
      let batches = state.withLock { state in
        let batches = Array(state.waiting.prefix(Self.sliceLimit))
        state.waiting.removeFirst(batches.count)
        state.writingSince = batches.isEmpty ? nil : .now
        return batches
      }
      guard !batches.isEmpty else { return true }
      do throws(FileError) {
        try journal.append(batches)
      } catch {
        if journal.isRequired { blocked.store(true, ordering: .relaxed) }
        state.withLock { state in
          state.waiting = batches + state.waiting
          state.writingSince = nil
        }
        return false
      }
      blocked.store(false, ordering: .relaxed)
      state.withLock { $0.waitingBytes -= batches.reduce(0) { $0 + $1.size } }
      keep(batches)
    }
  }

  private func keep(_ batches: consuming [AuditBatch]) {
    while var batch = batches.popLast() {
      batch.clear()
      state.withLock { state in
        if state.spare.count < Self.spareLimit { state.spare.append(batch) }
      }
    }
  }
}
