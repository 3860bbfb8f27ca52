/// Why a backend did not do what the gateway asked of it.
package enum BackendError: Error, Sendable, CustomStringConvertible {
  /// No connection, no process, or an answer that says the backend itself is out of order.
  case unavailable(backend: String, reason: String, since: Timestamp?)
  /// All that its sessions may have of their own is taken by others: `all 16 processes … are`.
  case full(backend: String, reason: String)
  case timedOut(backend: String, after: Duration)
  /// Its circuit breaker is open.
  case paused(backend: String, until: Timestamp)
  /// It speaks only versions of an era that this client does not.
  case otherEra(backend: String, speaks: ProtocolVersion.Era)
  /// What it sent is not MCP.
  case badAnswer(backend: String, reason: String)
  /// It answered with a JSON-RPC error.
  case refused(backend: String, code: Int, message: String)

  package var description: String {
    switch self {
    case .unavailable(_, let reason, _): reason
    case .full(_, let reason): reason
    case .timedOut(_, let time): "it did not answer within \(time.milliseconds) ms"
    case .paused: "it is paused after errors"
    case .otherEra(_, .legacy): "it speaks only 2025-11-25 or earlier"
    case .otherEra(_, .modern): "it speaks only 2026-07-28 or later"
    case .badAnswer(_, let reason): "its answer is not MCP: \(reason)"
    case .refused(_, let code, let message): "it refused with error \(code): \(message)"
    }
  }

  /// Any error as one of a backend.
  package static func wrapping(_ error: any Error, backend: String) -> BackendError {
    error as? BackendError
      ?? .unavailable(backend: backend, reason: SafeText.line("\(error)"), since: nil)
  }

  /// The error for the client (`mcp-eras.md`, What the gateway itself says).
  package var rpcError: JSONRPCError {
    switch self {
    case .unavailable(let backend, _, let since): .backendUnavailable(backend, since: since)
    case .full(let backend, _): .backendFull(backend, description)
    case .timedOut(let backend, let time):
      .backendTimedOut(backend, seconds: Int(time.components.seconds))
    case .paused(let backend, let until):
      .backendPaused(
        backend, retryAfterMilliseconds: max(0, Timestamp.now.duration(to: until).milliseconds))
    case .otherEra(let backend, let era): .otherEra(backend, speaks: era)
    case .badAnswer(let backend, _): .backendUnavailable(backend, since: nil)
    case .refused(_, let code, let message): JSONRPCError(code: code, message: message)
    }
  }
}
