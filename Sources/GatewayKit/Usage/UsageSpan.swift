/// The last 1,440 minutes, or 90 days, in which there was something: those that are over, and the one
/// that is being counted. They stand in the order in which they were counted: a clock that was set,
/// back or ahead, takes nothing away.
struct UsageSpan: Sendable {
  /// How long one is, in microseconds.
  let length: Int64
  /// How many are kept.
  let limit: Int
  /// The most bytes of those that are over; the oldest go first.
  let sizeLimit: Int

  private(set) var past: [UsagePeriod] = []
  private(set) var size = 0
  private(set) var current: Int64 = .min
  private var cells: UsagePeriod.Cells = [:]
  private var latencies: UsagePeriod.Latencies = [:]

  static let minutes = UsageSpan(length: 60_000_000, limit: 24 * 60, sizeLimit: 4 << 20)
  static let days = UsageSpan(length: 86_400_000_000, limit: 90, sizeLimit: 6 << 20)

  private init(length: Int64, limit: Int, sizeLimit: Int) {
    self.length = length
    self.limit = limit
    self.sizeLimit = sizeLimit
  }

  /// Counts are of the period that the clock says, wherever it was set meanwhile.
  mutating func add(_ counts: UsageCounts, cell: Int32, at time: Int64) {
    enter(time)
    cells[cell, default: UsageCounts()] += counts
  }

  mutating func add(_ latency: LatencyHistogram, backend: Int32, at time: Int64) {
    enter(time)
    latencies[backend, default: LatencyHistogram()].add(latency)
  }

  private mutating func enter(_ time: Int64) {
    let now = time.flooredQuotient(by: length)
    guard now != current else { return }
    close()
    current = now
  }

  private mutating func close() {
    guard !cells.isEmpty || !latencies.isEmpty else { return }
    append(UsagePeriod(start: current, cells, latencies))
    cells = [:]
    latencies = [:]
  }

  private mutating func append(_ period: UsagePeriod) {
    past.append(period)
    size += period.bytes.count
    var count = 0
    var left = size
    while left > sizeLimit || past.count - count > limit {
      left -= past[count].bytes.count
      count += 1
    }
    drop(count)
  }

  private mutating func drop(_ count: Int) {
    guard count > 0 else { return }
    size -= past[..<count].reduce(0) { $0 + $1.bytes.count }
    past.removeFirst(count)
  }

  /// All of them, with the one that is being counted.
  var all: [UsagePeriod] {
    cells.isEmpty && latencies.isEmpty
      ? past : past + [UsagePeriod(start: current, cells, latencies)]
  }

  /// Takes back what `all` gave; the last is counted on.
  mutating func restore(_ periods: [UsagePeriod]) {
    for period in periods.dropLast() { append(period) }
    guard let last = periods.last else { return }
    current = last.start
    last.forEachCell { cells[$0] = $1 }
    last.forEachLatency { latencies[$0] = $1 }
  }
}

extension Int64 {
  /// Rounded down, whatever the sign.
  func flooredQuotient(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
