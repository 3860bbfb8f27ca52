import Synchronization

/// A loop's read copy of a legacy session: who it belongs to and its sessions at the backends.
///
/// Never changed: its owner, `SessionRegistry`, makes a new one and sends it to every loop.
package final class SessionEntry: Sendable {
  /// When a session was last used, or used still.
  package final class Use: Sendable {
    /// Of the monotonic clock.
    private let seconds = Atomic(MonotonicClock.seconds)

    package var last: Int64 { seconds.load(ordering: .relaxed) }
    package func note() { seconds.store(MonotonicClock.seconds, ordering: .relaxed) }
  }

  /// One session at one backend.
  package struct Link: Sendable {
    package let backend: BackendID
    package let session: BackendSession
    /// The request header lines that name it, each with its CRLF.
    package let headerLines: [UInt8]
    /// What the backend calls itself, as JSON.
    package let serverInfo: [UInt8]?
    /// The gravest log messages that the backend was told to keep; nil where it was told nothing.
    package let logLevel: LogLevel?

    package init(backend: BackendID, session: BackendSession, logLevel: LogLevel? = nil) {
      self.backend = backend
      self.session = session
      self.logLevel = logLevel
      serverInfo = session.result["serverInfo"]?.bytes
      var lines = "mcp-protocol-version: \(session.version.rawValue)\r\n"
      if let id = session.id { lines += "mcp-session-id: \(id)\r\n" }
      headerLines = Array(lines.utf8)
    }

    /// Whether the backend announces that it logs.
    package var canLog: Bool { session.result["capabilities"]?["logging"]?.objectValue != nil }

    /// Whether log messages of that level come already, or never can.
    package func takes(_ level: LogLevel?) -> Bool {
      guard let level, canLog else { return true }
      return logLevel.map { $0 <= level } ?? false
    }
  }

  package let token: SessionToken
  /// The id as the client holds it; empty for a session that the gateway keeps for modern clients.
  package let sealed: [UInt8]
  /// By which such a one is found.
  package let poolKey: PoolKey?
  /// What the client wants logged; nil where it has not said.
  package let logLevel: LogLevel?
  /// Whether the client can be asked anything.
  package let offersInput: Bool
  /// What requests to modern backends carry for it in `_meta`.
  package let modernMeta: [[UInt8]]
  package let links: [Link]
  /// Shared by all copies.
  package let use: Use

  package init(
    token: SessionToken, sealed: [UInt8], poolKey: PoolKey? = nil, links: [Link] = [],
    logLevel: LogLevel? = nil
  ) {
    self.token = token
    self.sealed = sealed
    self.poolKey = poolKey
    self.links = links
    self.logLevel = logLevel
    use = Use()
    let capabilities = ClientCapabilities(token.client.capabilities)
    offersInput = capabilities.offersInput
    modernMeta = ReservedMeta.members(
      of: ClientIdentity(info: token.client.info, capabilities: capabilities.forModernBackends))
  }

  private init(_ other: SessionEntry, links: [Link], logLevel: LogLevel?) {
    token = other.token
    sealed = other.sealed
    poolKey = other.poolKey
    self.links = links
    self.logLevel = logLevel
    use = other.use
    offersInput = other.offersInput
    modernMeta = other.modernMeta
  }

  /// A newer copy, with another link to a backend.
  package func linked(_ link: Link) -> SessionEntry {
    SessionEntry(
      self, links: links.filter { $0.backend != link.backend } + [link], logLevel: logLevel)
  }

  /// A newer copy that wants other messages logged.
  package func logging(_ level: LogLevel) -> SessionEntry {
    SessionEntry(self, links: links, logLevel: level)
  }

  /// The same for a client of which nothing is known.
  package static let anonymousMeta = ReservedMeta.members(
    of: ClientIdentity(info: nil, capabilities: .object(JSONObject())))

  package func link(_ backend: BackendID) -> Link? {
    links.first { $0.backend == backend }
  }
}
