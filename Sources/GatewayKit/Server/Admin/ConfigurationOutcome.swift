import Synchronization

/// What came of reading the configuration last.
package final class ConfigurationOutcome: Sendable {
  private struct State {
    var warnings: [String]
    var failure: String?
  }

  private let state: Mutex<State>
  private let lasting: [String]

  /// - Parameter lasting: what no other configuration changes, before the next start.
  package init(warnings: [String], lasting: [String] = []) {
    state = Mutex(State(warnings: warnings))
    self.lasting = lasting
  }

  /// What the configuration in force ignored, and why a newer one was not taken.
  package var warnings: [String] {
    state.withLock { state in
      lasting + state.warnings
        + (state.failure.map { ["the configuration was not taken: \($0)"] } ?? [])
    }
  }

  package func taken(warnings: [String]) {
    state.withLock { $0 = State(warnings: warnings) }
  }

  /// The old configuration goes on.
  package func refused(_ failure: String) {
    state.withLock { $0.failure = failure }
  }
}
