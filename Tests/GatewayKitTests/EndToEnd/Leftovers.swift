import Foundation
import Synchronization

/// What must not outlive the tests: gateways that still run, and directories.
enum Leftovers {
  private struct State {
    var isRegistered = false
    var processes: [Int32] = []
    var directories: [String] = []
  }

  private static let state = Mutex(State())

  static func add(process: Int32) {
    state.withLock { $0.processes.append(process) }
    register()
  }

  static func add(directory: String) {
    state.withLock { $0.directories.append(directory) }
    register()
  }

  /// It has ended and been waited for: its number may be another's by the end of the tests.
  static func remove(process: Int32) {
    state.withLock { state in state.processes.removeAll { $0 == process } }
  }

  private static func register() {
    let isFirst = state.withLock { state in
      defer { state.isRegistered = true }
      return !state.isRegistered
    }
    guard isFirst else { return }
    atexit {
      let left = Leftovers.state.withLock { $0 }
      for process in left.processes { kill(process, SIGKILL) }
      for directory in left.directories {
        try? FileManager.default.removeItem(atPath: directory)
      }
    }
  }
}
