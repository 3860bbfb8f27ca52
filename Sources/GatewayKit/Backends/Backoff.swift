/// How long to wait before the next of several tries: a second, then twice as long after each
/// failure up to a minute, each a fifth shorter or longer so that many backends do not wake at once.
struct Backoff: Sendable {
  static let longest = Duration.seconds(60)

  private(set) var failures = 0

  mutating func reset() { failures = 0 }

  /// The wait after one more failure.
  mutating func next() -> Duration {
    let wait = min(Self.longest, .seconds(1 << min(failures, 6)))
    failures += 1
    return wait * Double.random(in: 0.8...1.2)
  }
}
