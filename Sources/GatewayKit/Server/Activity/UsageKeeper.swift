import Dispatch
import Glibc
import Logging
import Synchronization

/// Puts together what the event loops counted, off the data path, and keeps it beside the store.
final class UsageKeeper: Sendable {
  private struct State: ~Copyable {
    var book = UsageBook(began: Timestamp.now.microseconds)
    /// Nil where another process has the file, or it cannot be written.
    var writer: UsageFile.Writer?
    var isFailing = false
    var listener: (@Sendable (UsageDelta) -> Void)?
  }

  private let file: UsageFile
  private let metrics: GatewayMetrics?
  private let logger: Logger
  /// Everything happens here, so nobody waits for the lock.
  private let queue = DispatchQueue(label: "usage")
  private let state = Mutex(State())

  /// Reads in the background what was kept; what is counted meanwhile is added to it.
  init(_ file: UsageFile, metrics: GatewayMetrics? = nil, logger: Logger) {
    self.file = file
    self.metrics = metrics
    self.logger = logger
    queue.async { [self] in load() }
  }

  private func load() {
    do throws(FileError) {
      let isMine = try state.withLock { state throws(FileError) -> Bool in
        state.writer = try file.writer()
        return state.writer != nil
      }
      guard isMine else {
        return logger.warning(
          "another gateway counts usage in \(file.path); what is counted here is not kept")
      }
    } catch {
      logger.warning("usage is not kept: \(error.path) cannot be written: \(error.reason)")
      return
    }
    do throws(FileError) {
      let kept = try file.read()
      if let failure = kept.journalFailure {
        logger.error(
          "\(failure.path) cannot be read and is put aside; the newest counts are missing: \(failure.reason)"
        )
        file.putJournalAside()
      }
      state.withLock { $0.book = kept.book ?? $0.book }
    } catch  where error.code == EBADMSG {
      logger.error("\(error.path) is no book of usage and is put aside as \(file.putAside())")
    } catch {
      // It may be whole: nothing is written over it.
      logger.error(
        "\(error.path) cannot be read, so what is counted is not kept: \(error.reason)")
      state.withLock { $0.writer = nil }
    }
  }

  func take(_ tallies: [LoopUsage.Tally]) {
    queue.async { [self] in
      for start in stride(from: 0, to: tallies.count, by: Self.lineLimit) {
        var delta = UsageDelta(time: Timestamp.now.microseconds)
        for tally in tallies[start...].prefix(Self.lineLimit) { tally.add(to: &delta) }
        count(delta)
      }
    }
  }

  private static let retryDelay = DispatchTimeInterval.seconds(5)

  /// The most callers and operations in one line of the journal.
  private static let lineLimit = 1000

  private func count(_ delta: UsageDelta) {
    metrics?.take(delta)
    state.withLock { $0.listener }?(delta)
    state.withLock { state in
      state.book.apply(delta, number: state.book.number + 1)
      keep(delta, &state)
    }
  }

  private func keep(_ delta: UsageDelta, _ state: inout State) {
    do throws(FileError) {
      try state.writer?.append(delta, state.book)
      if state.isFailing { logger.notice("usage is kept again") }
      state.isFailing = false
    } catch {
      if !state.isFailing {
        logger.warning("usage is counted but not kept: \(error.path): \(error.reason)")
      }
      if !state.isFailing { scheduleRetry() }
      state.isFailing = true
    }
  }

  /// Also where no call comes any more: the disk may have room again.
  private func scheduleRetry() {
    queue.asyncAfter(deadline: .now() + Self.retryDelay) { [self] in
      state.withLock { state in
        guard state.isFailing else { return }
        do throws(FileError) {
          try state.writer?.rewrite(state.book)
          state.isFailing = false
          logger.notice("usage is kept again")
        } catch {
          scheduleRetry()
        }
      }
    }
  }

  /// Calls `body` with all that is counted, as it comes.
  func onDelta(_ body: @escaping @Sendable (UsageDelta) -> Void) {
    state.withLock { $0.listener = body }
  }

  /// Writes the whole book, whatever became of the files meanwhile.
  func settle() async {
    await queue.perform { [self] () -> Void in
      state.withLock { state in
        guard state.book.number > 0 else { return }
        do throws(FileError) {
          try state.writer?.rewrite(state.book)
        } catch {
          logger.warning("usage is not kept: \(error.path): \(error.reason)")
        }
      }
    }
  }

  func report(_ query: UsageQuery) async -> UsageReport {
    await queue.perform { [self] () -> UsageReport in
      state.withLock { $0.book.report(query) }
    }
  }

  func keyUses() async -> KeyUses {
    await queue.perform { [self] () -> KeyUses in state.withLock { $0.book.keyUses } }
  }
}
