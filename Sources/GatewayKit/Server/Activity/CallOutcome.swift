/// How a call ended, for the log and the counters.
enum CallOutcome: Equatable {
  /// A result.
  case ok
  /// A result that says of itself that it is an error (`isError`).
  case toolError
  /// A JSON-RPC error, the backend's or the gateway's own.
  case error(code: Int)
  /// An answer of that HTTP status that is no JSON-RPC error.
  case failed(status: Int)
  /// The backend ended in the middle of its answer.
  case broken
  /// The client had gone before the answer was there.
  case gone
  /// A change ended it.
  case ended(EndingCause)
  case denied(DenialRule)

  /// As it stands in the log.
  var name: StaticString {
    switch self {
    case .ok: "ok"
    case .toolError: "tool_error"
    case .error: "error"
    case .failed: "failed"
    case .broken: "broken"
    case .gone: "gone"
    case .ended: "ended"
    case .denied: "denied"
    }
  }

  var code: Int? {
    if case .error(let code) = self { return code }
    return nil
  }
}

/// What ended something while it was under way (DESIGN §12).
enum EndingCause: String {
  case keyRevoked = "the key was revoked"
  case keyExpired = "the key has expired"
  case userDisabled = "the user was disabled"
  case keyGone = "the key or its user was removed"
  case accessNarrowed = "the access was narrowed"
  case sessionEnded = "the session was ended"
  case gatewayStopped = "the gateway stopped"
  case backendRemoved = "the backend was removed"

  /// Nil for a key that is valid.
  init?(_ verdict: KeyVerdict) {
    switch verdict {
    case .unknown: self = .keyGone
    case .revoked: self = .keyRevoked
    case .expired: self = .keyExpired
    case .disabled: self = .userDisabled
    case .valid: return nil
    }
  }
}
