/// The streams on which a backend of the modern era tells of changes, while one takes the place of another.
///
/// Both say the same then. What came before the newer one began is on the older one alone, perhaps late:
/// it is still read for a while, and taken once it is clear that the newer one does not tell of the same.
struct NewsStreams: Sendable {
  /// How long an older stream is still read, and how many of them are.
  static let readAfter = Duration.seconds(1)
  static let mostAfter = 8
  /// How long the newer stream may take to tell of what the older one has told.
  static let patience = Duration.milliseconds(200)
  /// What waits for that: so many messages of so many bytes at most; others are told at once, perhaps twice.
  private static let mostWaiting = 256
  private static let largestWaiting = 1 << 16

  enum Taking { case now, later, never }

  /// What a message is about, in a few bytes.
  struct Topic: Hashable, Sendable {
    private let hash: Int
    fileprivate let isLarge: Bool

    init(_ message: [UInt8], _ envelope: Envelope) {
      var hasher = Hasher()
      for part in [envelope.methodName, envelope.uri, envelope.taskID] {
        hasher.combine(part.map { part in message.withUnsafeBytes { JSONReader($0).text(part) } })
      }
      hash = hasher.finalize()
      isLarge = message.count > NewsStreams.largestWaiting
    }
  }

  /// The newest that was acknowledged. Streams are numbered as they begin.
  private(set) var current: UInt64 = 0
  /// Until when an older one is read.
  private var overlap: ContinuousClock.Instant?
  /// The newest stream that has told of each, while there is an older one.
  private var told: [Topic: UInt64] = [:]
  private var waiting = 0
  /// The most that is remembered.
  private static let mostTold = 10_000

  /// A stream was acknowledged; whether it is the newest.
  mutating func acknowledge(_ number: UInt64) -> Bool {
    guard number >= current else { return false }
    if current > 0 { overlap = .now + Self.readAfter + Self.patience }
    current = number
    return true
  }

  /// When what a stream tells is to be taken; after `later`, `isDue` is to be asked.
  mutating func take(_ topic: Topic, from number: UInt64) -> Taking {
    guard let overlap else { return number >= current ? .now : .never }
    guard ContinuousClock.now < overlap else {
      self.overlap = nil
      told = [:]
      return take(topic, from: number)
    }
    if number >= current {
      if told.count < Self.mostTold { told[topic] = number }
      return .now
    }
    if isTold(topic, since: number) { return .never }
    guard !topic.isLarge, waiting < Self.mostWaiting else { return .now }
    waiting += 1
    return .later
  }

  /// Whether what waited is to be taken: no later stream has told of the same.
  mutating func isDue(_ topic: Topic, from number: UInt64) -> Bool {
    waiting -= 1
    return !isTold(topic, since: number)
  }

  private func isTold(_ topic: Topic, since number: UInt64) -> Bool {
    told[topic, default: 0] > number
  }
}
