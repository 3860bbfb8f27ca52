import Testing

@testable import GatewayKit

@Suite("Circuit breaker and back-off")
struct CircuitBreakerTests {
  private let start = Timestamp(microseconds: 1_000_000_000)
  private var end: Timestamp { start.advanced(by: .seconds(30)) }

  private func opened(isOutage: Bool = false) -> CircuitBreaker {
    var breaker = CircuitBreaker(failures: 3, pause: .seconds(30))
    for _ in 0..<3 { _ = breaker.recordFailure(now: start, isOutage: isOutage) }
    return breaker
  }

  @Test("it opens at the last of so many failures in a row")
  func opens() {
    var breaker = CircuitBreaker(failures: 3, pause: .seconds(30))
    #expect(breaker.recordFailure(now: start, isOutage: false) == nil)
    #expect(breaker.recordFailure(now: start, isOutage: false) == nil)
    #expect(breaker.recordFailure(now: start, isOutage: false) == end)
  }

  @Test("a success in between starts the count anew")
  func successResets() {
    var breaker = CircuitBreaker(failures: 2, pause: .seconds(30))
    _ = breaker.recordFailure(now: start, isOutage: false)
    breaker.recordSuccess()
    #expect(breaker.recordFailure(now: start, isOutage: false) == nil)
  }

  @Test("failures of what was under way when it opened do not prolong the pause")
  func lateFailures() {
    var breaker = opened()
    #expect(breaker.recordFailure(now: start.advanced(by: .seconds(9)), isOutage: false) == nil)
    #expect(breaker.state == .open(until: end, isOutage: false))
  }

  @Test("the gateway's own question closes it only when the pause is over")
  func probeAfterPause() {
    var breaker = opened()
    let before = breaker.probeSucceeded(now: start)
    #expect(!before)
    let after = breaker.probeSucceeded(now: end)
    #expect(after)
  }

  @Test("an outage ends with the first sign of life")
  func outageEnds() {
    var breaker = opened(isOutage: true)
    let passes = breaker.probeSucceeded(now: start)
    #expect(passes)
  }

  @Test("after the pause one failure opens it again, and one success closes it for good")
  func onTrial() {
    var failing = opened()
    _ = failing.probeSucceeded(now: end)
    #expect(failing.recordFailure(now: end, isOutage: false) != nil)
    var working = opened()
    _ = working.probeSucceeded(now: end)
    working.recordSuccess()
    #expect(working.recordFailure(now: end, isOutage: false) == nil)
  }

  @Test("a failed question at the end of the pause begins another")
  func probeFails() {
    var breaker = opened()
    #expect(breaker.probeFailed(now: start) == nil)
    #expect(breaker.probeFailed(now: end) == end.advanced(by: .seconds(30)))
  }

  @Test("with no number of failures it never opens")
  func never() {
    var breaker = CircuitBreaker(failures: 0, pause: .seconds(30))
    for _ in 0..<100 {
      let pause = breaker.recordFailure(now: start, isOutage: true)
      #expect(pause == nil)
    }
  }

  @Test("waits double from a second to a minute, each a fifth off at most")
  func backoff() {
    var backoff = Backoff()
    for seconds in [1.0, 2, 4, 8, 16, 32, 60, 60, 60] {
      let wait = backoff.next() / .seconds(1)
      #expect((seconds * 0.8...seconds * 1.2).contains(wait))
    }
    backoff.reset()
    #expect(backoff.next() < .seconds(1.3))
  }
}
