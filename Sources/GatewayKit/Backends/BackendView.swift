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

/// A backend at one moment; what loops, lists and `/status` go by.
package struct BackendView: Sendable {
  package let id: BackendID
  package let configuration: BackendConfiguration
  package var state: BackendState
  package var since: Timestamp
  package var lastError: String?
  package var nextTry: Timestamp?
  /// The eras that it was found to speak.
  package var eras: Set<ProtocolVersion.Era> = []
  /// The versions that it named or agreed to.
  package var versions: [String] = []
  /// Whether it answers legacy clients without a session of its own.
  package var isSessionless = false
  package var catalog: Catalog?
  /// How long its last answer to the gateway itself took.
  package var latency: Duration?
  package var childPID: Int32?
  package var restarts = 0

  package init(_ configuration: BackendConfiguration) {
    id = BackendID(configuration.name)
    self.configuration = configuration
    state =
      configuration.disabled
      ? .disabled : configuration.unavailable != nil ? .unavailable : .starting
    since = .now
    lastError = configuration.unavailable
  }
}
