/// Stops calls to a backend that fails again and again, for a while.
///
/// Closed until so many failures come in a row; then open for the pause; then the next failure
/// opens it again at once, and a success closes it.
struct CircuitBreaker: Sendable {
  /// 0: it never opens.
  let failures: Int
  let pause: Duration
  private var count = 0

  init(failures: Int, pause: Duration) {
    self.failures = failures
    self.pause = pause
  }

  /// Until when calls have to stop, if this failure is one too many.
  mutating func recordFailure(now: Timestamp) -> Timestamp? {
    count += 1
    guard failures > 0, count >= failures else { return nil }
    // One more failure after the pause is enough.
    count = failures - 1
    return now.advanced(by: pause)
  }

  mutating func close() { count = 0 }
}
