/// Every bound that the gateway holds its clients and backends to.
///
/// `gateway config check`, error texts and `/status` name them by their names in docs/configuration.md.
public struct Limits: Sendable, Equatable {
  /// Bytes of a request's line and headers together.
  public var headerBytes = 16_384
  /// Header lines of a request.
  public var headerLines = 100
  /// Bytes of a request's body.
  public var bodyBytes = 8_388_608
  /// How deep JSON may nest.
  public var jsonDepth = 120
  /// Client connections at once.
  public var connections = 10_000
  /// Open streams of one principal.
  public var streamsPerPrincipal = 256
  /// Legacy sessions of one principal that are kept in memory.
  public var sessionsPerPrincipal = 2_000
  /// From the first byte of a request to the end of its headers.
  public var headerTimeout = Duration.seconds(10)
  /// From the end of the headers to the end of the body.
  public var bodyTimeout = Duration.seconds(60)
  /// How long a connection may stay open between requests.
  public var idleTimeout = Duration.seconds(75)
  /// How long a backend may take until the first byte of its answer; none on streams.
  public var firstByteTimeout = Duration.seconds(60)
  /// How long lists and `initialize` wait for catalogs that are still being made.
  public var catalogDeadline = Duration.milliseconds(250)
  /// How long the lists of a backend that is down stay as they were.
  public var catalogGrace = Duration.seconds(300)
  /// The most items on one page of a list.
  public var pageItems = 1_000
  /// How long SIGTERM waits for calls under way; endless streams end at once.
  public var drainTimeout = Duration.seconds(8)
  /// Calls of modern clients that wait for their input, in all; 0 refuses what would have to wait.
  public var parkedCalls = 1_000
  /// How long one waits.
  public var parkedTime = Duration.seconds(600)
  /// How long a legacy session lives from its `initialize`.
  public var sessionLifetime = Duration.seconds(7 * 86_400)

  /// The defaults.
  public init() {}
}
