/// Where the audit log is, how long it is kept, and what happens when it cannot be written.
public struct AuditSettings: Sendable, Equatable, SecretHolder {
  /// The log's file; nil for `audit.jsonl` beside the store.
  public var path: String?
  /// Whether there is a log at all.
  public var isOn = true
  /// Whether a running gateway writes each line to its standard output too.
  public var isCopiedToStandardOutput = false
  /// Whether nothing goes on that cannot be logged.
  public var isRequired = false
  /// A file of so many bytes is put aside.
  public var maximumBytes = 100 << 20
  /// And so is one that is so old.
  public var maximumAge = Duration.seconds(30 * 86_400)
  /// How many files that were put aside are kept.
  public var keptFiles = 24
  /// The tools whose calls are logged with their arguments.
  public var arguments: [AccessEntry] = []
  /// What lines are sealed with, the first seals; nil for what GATEWAY_SECRET says, else for
  /// `gateway.secret` beside the store.
  public var secrets: [[UInt8]]?

  /// The most bytes of one call's arguments that are logged; larger ones are left out.
  static let argumentsLimit = 64 << 10

  /// The defaults.
  public init() {}

  /// No log.
  public static let off: AuditSettings = {
    var settings = AuditSettings()
    settings.isOn = false
    return settings
  }()
}
