import Synchronization

/// A loop's read copy of a legacy session: who it belongs to and its sessions at the backends.
///
/// Never changed: its owner, `SessionRegistry`, makes a new one and sends it to every loop.
package final class SessionEntry: Sendable {
  /// One session at one backend.
  package struct Link: Sendable {
    package let backend: BackendID
    package let session: BackendSession
    /// The request header lines that name it, each with its CRLF.
    package let headerLines: [UInt8]

    package init(backend: BackendID, session: BackendSession) {
      self.backend = backend
      self.session = session
      var lines = "mcp-protocol-version: \(session.version.rawValue)\r\n"
      if let id = session.id { lines += "mcp-session-id: \(id)\r\n" }
      headerLines = Array(lines.utf8)
    }
  }

  package let token: SessionToken
  /// The id as the client holds it.
  package let sealed: [UInt8]
  package let links: [Link]
  /// Seconds of the monotonic clock; written by the loops when they use the session.
  package let lastUsed: Atomic<Int64>

  package init(token: SessionToken, sealed: [UInt8], links: [Link], lastUsed: Int64) {
    self.token = token
    self.sealed = sealed
    self.links = links
    self.lastUsed = Atomic(lastUsed)
  }

  package func link(_ backend: BackendID) -> Link? {
    links.first { $0.backend == backend }
  }
}
