import Dispatch
import Synchronization

/// Counts refused credentials, and tells the log of them once a second: a line for each address and
/// reason, at most `limit` of them, and one for all others. Who tries keys out fills no disk.
final class RefusalCounter: Sendable {
  /// A little less than a second, so that all of it is on disk within one.
  static let window = DispatchTimeInterval.milliseconds(960)
  /// The most lines of one window, beside that of the others: 100 lines a second.
  static let limit = 95

  private struct Kind: Hashable {
    let address: String
    let refusal: AuthRefusal
  }

  private struct State {
    var counts: [Kind: Int] = [:]
    var others = 0
    var isScheduled = false
  }

  private let log: ActivityLog?
  private let metrics: GatewayMetrics
  private let generation: @Sendable () -> UInt64
  private let state = Mutex(State())

  init(
    _ log: ActivityLog?, _ metrics: GatewayMetrics, generation: @escaping @Sendable () -> UInt64
  ) {
    self.log = log
    self.metrics = metrics
    self.generation = generation
  }

  func count(_ refusal: AuthRefusal, from address: String) {
    metrics.count(refusal)
    guard log != nil else { return }
    let kind = Kind(address: address, refusal: refusal)
    let isFirst = state.withLock { state in
      if let count = state.counts[kind] {
        state.counts[kind] = count + 1
      } else if state.counts.count < Self.limit {
        state.counts[kind] = 1
      } else {
        state.others += 1
      }
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    guard isFirst else { return }
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.window) { [self] in
      tell()
      log?.hasten()
    }
  }

  /// Hands over what is counted.
  func tell() {
    let counted = state.withLock { state in
      defer { state = State() }
      return state
    }
    let now = Timestamp.now
    let generation = generation()
    var entries = counted.counts.map { kind, count in
      var members: [(key: String, value: JSONValue)] = []
      if let key = kind.refusal.key {
        members += [("user", .string(key.username)), ("key_id", .string(key.id))]
      }
      members.append(("reason", .string(kind.refusal.reason)))
      members.append(("from", .string(kind.address)))
      members.append(("count", .number(String(count))))
      return AuditEntry(.authRefused, generation: generation, at: now, members)
    }
    if counted.others > 0 {
      entries.append(
        AuditEntry(
          .authRefused, generation: generation, at: now,
          [("reason", "others"), ("count", .number(String(counted.others)))]))
    }
    if !entries.isEmpty { log?.append(AuditBatch(entries)) }
  }
}
