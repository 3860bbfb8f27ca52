/// Everything that a gateway, a command or the console goes by, after flags, environment, file and
/// defaults have been weighed.
public struct GatewayConfiguration: Sendable, SecretHolder {
  /// What a gateway does with a store that it can no longer read.
  public enum UnreadableStore: String, Sendable, CaseIterable {
    /// Goes on with the last good state and says so.
    case keep
    /// Answers 503 until the store is readable again.
    case refuse
  }

  /// The configured backends, in the order of the file.
  public var backends: [BackendConfiguration] = []
  /// Where the gateway listens.
  public var listen = ListenAddress.standard
  /// The absolute path of `users.json`.
  public var storePath: String
  /// What happens when the store becomes unreadable.
  public var onUnreadableStore = UnreadableStore.keep
  /// The absolute path of the owner-only socket; nil when it is switched off.
  public var adminSocket: String?
  /// Where the socket stands instead, tried in order, when it cannot stand at ``adminSocket``.
  public var adminSocketFallbacks: [String] = []
  /// How the gateway is reached from outside, without a trailing slash.
  public var publicURL: BackendURL?
  /// Host names that requests may carry besides literal addresses, `localhost` and `publicURL`'s.
  public var hosts: [String] = []
  /// Origins that browsers may come from besides `publicURL`'s: `scheme://host[:port]`, lower case.
  public var origins: [String] = []
  /// Every bound.
  public var limits = Limits()
  /// The key that reaches every backend and administers nothing.
  public var staticKey: String?
  /// The key of the administrative routes, when the environment gives one.
  public var adminKey: String?
  /// What session ids are sealed with, the first seals; nil: the file beside the store.
  public var secrets: [[UInt8]]?
  /// How standard error tells what happens.
  public var log = LogSettings()
  /// Where changes are logged, and for how long.
  public var audit = AuditSettings()
  /// Whether calls are counted, by key and operation.
  public var countsUsage = true
  /// Whether `/metrics` counts calls by user too.
  public var metricsTellUsers = false
  /// The key that `/metrics` takes besides the admin key.
  public var metricsKey: String?
  /// Whether this is `--demo`.
  public var isDemo = false
  /// The configuration file that was read, absolute.
  public var sourceFile: String?
  /// Why ``sourceFile`` was left aside, with all that it would have said, the backends too.
  package var unreadFile: ConfigurationError?
  /// What the file was like before it was read; nil without one.
  package var sourceSignature: FileSignature?
  /// Where a file was looked for, in order. The last place that a user may write to is the second.
  public var searchedFiles: [String] = []
  /// What was ignored, once each, with file and line.
  public var warnings: [String] = []
  /// Every effective value with its origin, in the order of the table in the docs.
  public var provenance: [EffectiveSetting] = []

  /// A configuration of defaults over the store at `storePath`, for tests and scripts.
  public init(storePath: String) { self.storePath = storePath }

  /// The admin key's file beside the store.
  package var adminKeyPath: String { beside("admin.key") }

  /// The sealing secret's file beside the store.
  package var secretPath: String { beside("gateway.secret") }

  /// The audit log's file.
  package var auditPath: String { audit.path ?? beside("audit.jsonl") }

  /// The path of `name` in the store's directory.
  package func beside(_ name: String) -> String { FilePath.sibling(of: storePath, named: name) }
}
