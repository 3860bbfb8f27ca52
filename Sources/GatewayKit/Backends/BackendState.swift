/// How a backend is.
package enum BackendState: Hashable, Sendable {
  /// Nothing is known yet.
  case starting
  case up
  case down
  /// The circuit breaker is open until then.
  case paused(until: Timestamp)
  /// Switched off in the configuration.
  case disabled
  /// It cannot be started, and the configuration says why.
  case unavailable

  /// The word for it on screens and in `/status`.
  package var name: String {
    switch self {
    case .starting: "starting"
    case .up: "up"
    case .down: "down"
    case .paused: "paused"
    case .disabled: "disabled"
    case .unavailable: "unavailable"
    }
  }
}
