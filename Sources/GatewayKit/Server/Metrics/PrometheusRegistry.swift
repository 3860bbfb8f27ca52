import CoreMetrics
import Synchronization

/// Keeps what is recorded through swift-metrics, and writes it for Prometheus: the gateway's own
/// counters, and those of whatever else in the process uses that interface.
///
/// Bounded: a metric has at most ``seriesLimit`` combinations of labels; those beyond are counted
/// together under `other`.
final class PrometheusRegistry: MetricsFactory {
  static let seriesLimit = 1000

  /// Upper bounds of the buckets of times, in seconds.
  static let timeBuckets: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
  ]

  private struct Family {
    let kind: PrometheusText.Kind
    let order: Int
    var series: [[String]: Series] = [:]
  }

  private struct State {
    var families: [String: Family] = [:]
  }

  private let help: [String: String]
  private let state = Mutex(State())

  /// - Parameter help: what each metric means, by its name.
  init(help: [String: String]) { self.help = help }

  // MARK: Writing

  func write(to text: inout PrometheusText) {
    let families = state.withLock { $0.families }
    for (name, family) in families.sorted(by: { $0.value.order < $1.value.order }) {
      text.begin(name, family.kind, help: help[name] ?? "Recorded through swift-metrics.")
      for (_, series) in family.series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        series.write(name, to: &text)
      }
    }
  }

  // MARK: swift-metrics

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(label, .counter, dimensions)
  }

  func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    FloatingPointSeries(series(label, .counter, dimensions))
  }

  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, .gauge, dimensions)
  }

  func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    series(label, aggregate ? .histogram : .gauge, dimensions)
  }

  /// Times are in seconds, whatever unit they were recorded in.
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(label, .histogram, dimensions)
  }

  // What was counted once stays in the page: a counter that vanishes and comes back is none.
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  func destroyMeter(_ handler: any MeterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}

  private func series(
    _ label: String, _ kind: PrometheusText.Kind, _ dimensions: [(String, String)]
  ) -> Series {
    let name = Self.name(label)
    return state.withLock { state in
      var family =
        state.families[name] ?? Family(kind: kind, order: state.families.count)
      var labels = dimensions.map { (Self.name($0.0), $0.1) }
      var key = labels.flatMap { [$0.0, $0.1] }
      if family.series[key] == nil, family.series.count >= Self.seriesLimit {
        labels = labels.map { ($0.0, "other") }
        key = labels.flatMap { [$0.0, $0.1] }
      }
      if let known = family.series[key] { return known }
      let made = Series(labels, family.kind)
      family.series[key] = made
      state.families[name] = family
      return made
    }
  }

  /// Letters, digits and `_` (prometheus.io/docs/concepts/data_model).
  private static func name(_ text: String) -> String {
    let safe = String(
      text.unicodeScalars.map { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
          ? Character(scalar) : "_"
      })
    return safe.first?.isNumber == true ? "_" + safe : safe
  }
}

/// One combination of labels of a metric.
private final class Series: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
  private struct State {
    var value = 0.0
    /// How many were in each bucket; the last is beyond all.
    var buckets: [UInt64]
    var count: UInt64 = 0
  }

  private let labels: [(String, String)]
  private let kind: PrometheusText.Kind
  private let state: Mutex<State>

  init(_ labels: [(String, String)], _ kind: PrometheusText.Kind) {
    self.labels = labels
    self.kind = kind
    let buckets = kind == .histogram ? PrometheusRegistry.timeBuckets.count + 1 : 0
    state = Mutex(State(buckets: Array(repeating: 0, count: buckets)))
  }

  func increment(by amount: Int64) { increment(by: Double(amount)) }
  func increment(by amount: Double) { state.withLock { $0.value += amount } }
  func decrement(by amount: Double) { state.withLock { $0.value -= amount } }
  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { state.withLock { $0.value = value } }
  func reset() { set(0.0) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    guard kind == .histogram else { return set(value) }
    let bounds = PrometheusRegistry.timeBuckets
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.buckets[bucket] += 1
      state.count += 1
      state.value += value
    }
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

  func write(_ name: String, to text: inout PrometheusText) {
    let state = state.withLock { $0 }
    guard kind == .histogram else { return text.sample(name, labels, state.value) }
    var sum: UInt64 = 0
    for (bound, count) in zip(PrometheusRegistry.timeBuckets, state.buckets) {
      sum += count
      text.sample("\(name)_bucket", labels + [("le", "\(bound)")], sum)
    }
    text.sample("\(name)_bucket", labels + [("le", "+Inf")], state.count)
    text.sample("\(name)_sum", labels, state.value)
    text.sample("\(name)_count", labels, state.count)
  }
}

/// A counter of what is no whole number.
private final class FloatingPointSeries: FloatingPointCounterHandler {
  private let series: Series

  init(_ series: Series) { self.series = series }

  func increment(by amount: Double) { series.increment(by: amount) }
  func reset() { series.reset() }
}
