import Testing

@testable import GatewayKit

@Suite struct LatencyHistogramTests {
  @Test func quantilesAreWithinThreePercentOfThoseOfTheSortedTimes() throws {
    var generator = SystemRandomNumberGenerator()
    for scale in [10.0, 1_000, 50_000, 3_000_000] {
      let times = (0..<5000).map { _ in
        Int64(scale * Double.random(in: 0.05...20, using: &generator))
      }.sorted()
      var histogram = LatencyHistogram()
      for time in times { histogram.add(LatencyHistogram.slot(ofMicroseconds: time)) }
      #expect(histogram.count == 5000)
      for quantile in [0.0, 0.5, 0.9, 0.99, 1] {
        let exact = Double(times[max(0, Int((5000 * quantile).rounded(.up)) - 1)])
        let told = try #require(histogram.milliseconds(at: quantile)) * 1000
        #expect(
          abs(told - exact) <= exact * 0.0313 + 0.5, "\(quantile) of \(scale): \(told), \(exact)")
      }
    }
  }

  @Test func aSlotIsNeverBeforeThatOfAShorterTime() {
    var last: LatencyHistogram.Slot = 0
    for time in Int64(0)..<100_000 {
      let slot = LatencyHistogram.slot(ofMicroseconds: time)
      #expect(slot == last || slot == last + 1, "\(time)")
      last = slot
    }
    let longest = LatencyHistogram.slot(ofMicroseconds: .max)
    #expect(LatencyHistogram.slot(ofMicroseconds: 1 << 32 - 1) == longest)
    #expect(LatencyHistogram.slot(ofMicroseconds: -5) == 0)
  }

  @Test func addingUpIsTheSameAsCountingTogether() throws {
    var (one, two, both) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
    for time in 0..<1000 {
      let slot = LatencyHistogram.slot(ofMicroseconds: Int64(time * time))
      if time % 3 == 0 { one.add(slot) } else { two.add(slot) }
      both.add(slot)
    }
    one.add(two)
    #expect(one == both)
    #expect(LatencyHistogram(one.json) == both)
    #expect(LatencyHistogram().milliseconds(at: 0.5) == nil)
  }
}
