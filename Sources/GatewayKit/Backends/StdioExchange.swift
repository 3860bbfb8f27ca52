/// A request that a stdio child works on.
struct StdioExchange: Sendable {
  typealias Messages = AsyncThrowingStream<[UInt8], any Error>

  /// How many messages wait for a slow reader. Beyond that the oldest are dropped: a child's output
  /// is shared by all callers, so that one of them cannot make it wait.
  static let bufferLimit = 1024

  let messages: Messages.Continuation
  /// The caller's id and progress token as they were spelled.
  let id: [UInt8]
  let progressToken: [UInt8]?
  /// Whether the request asked for log messages, as far as can be told.
  let takesLogs: Bool
  /// Who waits for it; nil is the gateway itself.
  let client: ChannelClient?
  /// Whether messages carry the request's id as that of a subscription.
  let isSubscription: Bool
  /// Ends the exchange if nothing comes in time; nil once something came.
  var expiry: Task<Void, Never>?
  var hasDropped = false
}
