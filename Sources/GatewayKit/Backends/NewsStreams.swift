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

  enum Taking { case now, later, never }

  struct Topic: Hashable, Sendable {
    private let text: String

    init(_ message: [UInt8], _ envelope: Envelope) {
      text = [envelope.methodName, envelope.uri, envelope.taskID].compactMap { part in
        part.map { part in message.withUnsafeBytes { JSONReader($0).text(part) } }
      }.joined(separator: " ")
    }
  }

  /// The newest that was acknowledged. Streams are numbered as they begin.
  private(set) var current: UInt64 = 0
  /// The newest stream that has told of each.
  private var told: [Topic: UInt64] = [:]
  /// The most that is remembered.
  private static let mostTold = 10_000

  /// A stream was acknowledged; whether it is the newest.
  mutating func acknowledge(_ number: UInt64) -> Bool {
    guard number >= current else { return false }
    current = number
    return true
  }

  /// When what a stream tells is to be taken.
  mutating func take(_ topic: Topic, from number: UInt64) -> Taking {
    guard number >= current else { return isTold(topic, since: number) ? .never : .later }
    if told.count >= Self.mostTold { told = [:] }
    told[topic] = number
    return .now
  }

  /// Whether a later stream has told of the same.
  func isTold(_ topic: Topic, since number: UInt64) -> Bool { told[topic, default: 0] > number }
}
