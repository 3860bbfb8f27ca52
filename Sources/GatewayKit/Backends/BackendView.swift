/// A backend at one moment; what loops, lists and `/status` go by.
package struct BackendView: Sendable {
  package let id: BackendID
  package var configuration: BackendConfiguration
  package var state: BackendState
  /// Since when it has been in this state.
  package var since: Timestamp
  /// What went wrong last; nil once all is well again.
  package var lastError: String?
  /// When the gateway asks it again, while it is down or paused.
  package var nextTry: Timestamp?
  /// The eras that it was found to speak.
  package var eras: Set<ProtocolVersion.Era> = []
  /// The versions that it named or agreed to.
  package var versions: [String] = []
  /// Whether it answers legacy clients without a session of its own.
  package var isSessionless = false
  /// Whether it was asked for a legacy session and speaks only modern versions.
  package var refusesLegacy = false
  /// What it last said that it offers; kept while it is down, for as long as the configuration says.
  package var catalog: Catalog?
  /// How long its last answer to the gateway itself took.
  package var latency: Duration?
  /// The process of a stdio backend that the catalog comes from, or that one's guard.
  package var childPID: Int32?
  /// How often a stdio backend's process was started again.
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

  mutating func enter(_ new: BackendState) {
    guard state != new else { return }
    state = new
    since = .now
  }

  /// Whether a reader would see no difference but in how long things took.
  func isAlike(_ other: BackendView) -> Bool {
    state == other.state && since == other.since && lastError == other.lastError
      && nextTry == other.nextTry && eras == other.eras && versions == other.versions
      && isSessionless == other.isSessionless && refusesLegacy == other.refusesLegacy
      && childPID == other.childPID
      && restarts == other.restarts && catalog == other.catalog
  }
}
