import Synchronization

/// What came of reading the configuration last.
package final class ConfigurationOutcome: Sendable {
  private struct State {
    /// What the configuration in force was read from.
    var file: String?
    var warnings: [String]
    var failure: String?
  }

  private let state: Mutex<State>
  private let lasting: [String]

  /// - Parameter lasting: what no other configuration changes, before the next start.
  package init(file: String?, warnings: [String], lasting: [String] = []) {
    state = Mutex(State(file: file, warnings: warnings))
    self.lasting = lasting
  }

  /// What the configuration in force ignored, and why a newer one was not taken.
  package var warnings: [String] {
    state.withLock { state in
      lasting + state.warnings + (state.failure.map { [$0] } ?? [])
    }
  }

  package func taken(file: String?, warnings: [String]) {
    state.withLock { $0 = State(file: file, warnings: warnings) }
  }

  /// The old configuration goes on.
  package func refused(_ failure: String) {
    state.withLock { $0.failure = "the configuration was not taken: \(failure)" }
  }

  /// The file is no longer there, so that nothing is wrong in it either; what is in force goes on.
  ///
  /// - Returns: what to tell of it; nil where nothing in force came from a file.
  package func gone() -> String? {
    state.withLock { state in
      state.failure = state.file.map {
        "the configuration file is gone: \($0) does not exist; what it said goes on until the next start"
      }
      return state.failure
    }
  }
}
