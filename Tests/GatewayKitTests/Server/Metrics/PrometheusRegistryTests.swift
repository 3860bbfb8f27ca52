import CoreMetrics
import Testing

@testable import GatewayKit

@Suite struct PrometheusRegistryTests {
  private let registry = PrometheusRegistry(help: ["calls_total": "Calls\nby \\ tool."])

  private var lines: [String] {
    var text = PrometheusText()
    registry.write(to: &text)
    return text.text.split(separator: "\n").map(String.init)
  }

  @Test func whatIsRecordedThroughSwiftMetricsStandsThereWithItsHelp() {
    Counter(label: "calls_total", dimensions: [("tool", "a\"b\\c\nd")], factory: registry)
      .increment(by: 2)
    Counter(label: "calls_total", dimensions: [("tool", "a\"b\\c\nd")], factory: registry)
      .increment()
    Gauge(label: "queue.length-now", factory: registry).record(7)
    Meter(label: "level", factory: registry).set(1.5)
    FloatingPointCounter(label: "seconds_total", factory: registry).increment(by: 0.25)
    #expect(
      lines == [
        #"# HELP calls_total Calls\nby \\ tool."#, "# TYPE calls_total counter",
        #"calls_total{tool="a\"b\\c\nd"} 3"#,
        "# HELP queue_length_now Recorded through swift-metrics.",
        "# TYPE queue_length_now gauge", "queue_length_now 7",
        "# HELP level Recorded through swift-metrics.", "# TYPE level gauge", "level 1.5",
        "# HELP seconds_total Recorded through swift-metrics.", "# TYPE seconds_total counter",
        "seconds_total 0.25",
      ])
  }

  @Test func timesAreInSecondsAndTheirBucketsGrow() {
    let timer = Timer(label: "call_seconds", dimensions: [("backend", "x")], factory: registry)
    for milliseconds in [0, 1, 2, 30, 900, 70_000] { timer.recordMilliseconds(milliseconds) }
    let counts = lines.compactMap { line -> Int? in
      line.hasPrefix("call_seconds_bucket") ? Int(line.split(separator: " ")[1]) : nil
    }
    #expect(counts == counts.sorted())
    #expect(lines.contains(#"call_seconds_bucket{backend="x",le="0.001"} 2"#))
    #expect(lines.contains(#"call_seconds_bucket{backend="x",le="0.0025"} 3"#))
    #expect(lines.contains(#"call_seconds_bucket{backend="x",le="60.0"} 5"#))
    #expect(lines.contains(#"call_seconds_bucket{backend="x",le="+Inf"} 6"#))
    #expect(lines.contains(#"call_seconds_count{backend="x"} 6"#))
    #expect(lines.contains { $0.hasPrefix(#"call_seconds_sum{backend="x"} 70.93"#) })
  }

  @Test func beyondTheLimitLabelsAreCountedTogether() {
    for number in 0..<PrometheusRegistry.seriesLimit + 50 {
      Counter(label: "calls_total", dimensions: [("user", "u\(number)")], factory: registry)
        .increment()
    }
    #expect(lines.count == PrometheusRegistry.seriesLimit + 3)
    #expect(lines.contains(#"calls_total{user="other"} 50"#))
  }
}
