/// What a running gateway says of itself: the answer of `GET /status` and `/dashboard/status`.
///
/// Moments are RFC 3339 in UTC. Members that are nil are left out of the JSON.
public struct GatewayStatus: Codable, Sendable, Equatable {
  /// `mcp-gateway`.
  public var name: String
  public var version: String
  /// Whether this is `--demo`, where nothing is real.
  public var demo: Bool
  public var startedAt: String
  /// Whole seconds since then.
  public var uptimeSeconds: Int
  /// The address that clients connect to, `http://HOST:PORT`.
  public var listen: String
  /// The versions of MCP that it speaks with clients.
  public var protocolVersions: [String]
  public var store: Store
  /// The log of who changed what; nil where the configuration has it off.
  public var audit: Audit?
  /// In the order of the configuration.
  public var backends: [Backend]
  /// Client connections that are open.
  public var connections: Int
  /// Streams that are open.
  public var streams: Int
  /// Sessions of clients of 2025-11-25 and earlier.
  public var sessions: Int
  /// Calls that wait for their client's answer to a question of a backend.
  public var parkedCalls = 0
  /// The sessions, those last used first, and the streams, the oldest first: 1,000 of each at most.
  public var sessionList: [Session] = []
  public var streamList: [Stream] = []
  /// Every bound, in the order of `gateway config check`.
  public var limits: [Limit]
  /// What an operator should look at, one sentence each.
  public var warnings: [String]

  /// The file of users and keys.
  public struct Store: Codable, Sendable, Equatable {
    public var path: String
    /// How often it was written by programs that count.
    public var generation: UInt64
    /// `ok` or `unreadable`; then its last good state is served.
    public var state: String
    /// Since when it cannot be read.
    public var since: String?
    /// Why it cannot be read.
    public var error: String?
  }

  /// The audit log.
  public struct Audit: Codable, Sendable, Equatable {
    public var path: String
    /// The number of its newest line, and that line's seal: kept elsewhere, they show later that the
    /// log was not put back to an earlier state. Nil before the first line.
    public var sequence: UInt64?
    public var mac: String?
    /// Why it could not be written when that was last tried.
    public var error: String?
  }

  /// A configured MCP server.
  public struct Backend: Codable, Sendable, Equatable {
    public var name: String
    /// Its name in the configuration, where that is one that cannot stand in a path.
    public var title: String?
    /// `http`, `https` or `stdio`.
    public var transport: String
    /// `starting`, `up`, `down`, `paused`, `disabled` or `unavailable`.
    public var state: String
    /// Since when it has been in this state.
    public var since: String
    /// What went wrong last.
    public var lastError: String?
    /// When it is asked again.
    public var nextTry: String?
    /// `legacy`, `modern` or both, as far as is known.
    public var eras: [String]
    /// The versions that it named or agreed to.
    public var versions: [String]
    /// How many it offers; nil before it has said so, as are the next three.
    public var tools: Int?
    public var prompts: Int?
    public var resources: Int?
    public var templates: Int?
    /// Calls that it is working on.
    public var inFlight: Int
    /// How long its last answer to the gateway itself took.
    public var latencyMilliseconds: Int?
    /// The process of a stdio backend.
    public var childPID: Int32?
    /// How often a stdio backend's process was started again.
    public var restarts: Int?
  }

  /// A session of a client of 2025-11-25 or earlier.
  public struct Session: Codable, Sendable, Equatable {
    /// The beginning of its number, as the audit log has it.
    public var id: String
    /// The user's name; `static`, or an OAuth subject, for others.
    public var user: String
    /// Name and version, as the client said them.
    public var client: String?
    /// The version of MCP that is spoken with it.
    public var version: String
    /// The backend of `/mcp/NAME`; nil on the joint endpoint.
    public var backend: String?
    /// Whole seconds since it began, and since it was used.
    public var ageSeconds: Int
    public var idleSeconds: Int
    /// The backends at which it has sessions.
    public var backends: [String]
  }

  /// An event stream that a client reads.
  public struct Stream: Codable, Sendable, Equatable {
    public var user: String
    public var client: String?
    public var address: String
    /// The session that it belongs to, if any.
    public var session: String?
    /// What it answers: nil for the stream of messages that belong to no call.
    public var backend: String?
    public var tool: String?
    public var ageSeconds: Int
  }

  /// A bound that the gateway holds clients and backends to.
  public struct Limit: Codable, Sendable, Equatable {
    /// Its name in the configuration, below `gateway`.
    public var name: String
    public var value: Int
    /// `count`, `bytes` or `milliseconds`.
    public var unit: String
    /// The value for people: `16 KiB`.
    public var text: String
    /// How much of it is in use; for a bound of each principal, by the one with the most. Nil where
    /// nothing is kept.
    public var used: Int?
  }
}
