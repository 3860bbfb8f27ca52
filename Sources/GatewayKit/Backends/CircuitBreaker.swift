/// Stops calls to a backend that fails again and again, for a while.
///
/// Closed until so many failures come in a row, then open for the pause. When that is over the
/// gateway itself asks the backend something; if that goes well calls go through again, on trial:
/// the next failure opens the breaker at once, and the next success closes it for good.
struct CircuitBreaker: Sendable {
  enum State: Equatable, Sendable {
    /// Calls go through; so many have failed in a row.
    case closed(failures: Int)
    /// Calls are refused until then. An outage ends sooner, with the first sign of life.
    case open(until: Timestamp, isOutage: Bool)
  }

  /// How many failures in a row open it; 0: it never opens.
  let limit: Int
  let pause: Duration
  private(set) var state = State.closed(failures: 0)

  init(failures limit: Int, pause: Duration) {
    self.limit = limit
    self.pause = pause
  }

  /// Until when calls have to stop, if this failure was the one too many.
  mutating func recordFailure(now: Timestamp, isOutage: Bool) -> Timestamp? {
    // What was under way when it opened says nothing new.
    guard limit > 0, case .closed(let failures) = state else { return nil }
    guard failures + 1 >= limit else {
      state = .closed(failures: failures + 1)
      return nil
    }
    return open(now: now, isOutage: isOutage)
  }

  mutating func recordSuccess() { state = .closed(failures: 0) }

  /// The gateway's own question to the backend went well. Whether calls may go through now.
  mutating func probeSucceeded(now: Timestamp) -> Bool {
    guard case .open(let until, let isOutage) = state else { return true }
    guard isOutage || now >= until else { return false }
    state = .closed(failures: limit - 1)
    return true
  }

  /// It did not. Until when calls have to stop from now, if the pause was over.
  mutating func probeFailed(now: Timestamp) -> Timestamp? {
    guard case .open(let until, let isOutage) = state, now >= until else { return nil }
    return open(now: now, isOutage: isOutage)
  }

  private mutating func open(now: Timestamp, isOutage: Bool) -> Timestamp {
    let until = now.advanced(by: pause)
    state = .open(until: until, isOutage: isOutage)
    return until
  }
}
