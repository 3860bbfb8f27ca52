import Foundation
import Synchronization

/// Collects a program's output on a thread and hands it out line by line.
final class LineReader: Sendable {
  private struct State {
    var text: [UInt8] = []
    var lines: [String] = []
    var partial: [UInt8] = []
    var isAtEnd = false
  }

  private let state = Mutex(State())
  private let handle: FileHandle

  init(_ handle: FileHandle) {
    self.handle = handle
  }

  func start() {
    Thread.detachNewThread { [self] in
      while true {
        let data = handle.availableData
        if data.isEmpty { break }
        state.withLock { state in
          state.text += data
          state.partial += data
          while let end = state.partial.firstIndex(of: UInt8(ascii: "\n")) {
            state.lines.append(String(decoding: state.partial[..<end], as: UTF8.self))
            state.partial.removeSubrange(...end)
          }
        }
      }
      state.withLock { state in
        if !state.partial.isEmpty {
          state.lines.append(String(decoding: state.partial, as: UTF8.self))
          state.partial = []
        }
        state.isAtEnd = true
      }
    }
  }

  var everything: String { state.withLock { String(decoding: $0.text, as: UTF8.self) } }

  /// The next line, or nil at the end.
  ///
  /// - Throws: ``ProgramFailure`` if none comes within the limit.
  func next(within limit: Duration) async throws -> String? {
    let end = ContinuousClock.now + limit
    while true {
      let (line, isAtEnd) = state.withLock { state -> (String?, Bool) in
        if !state.lines.isEmpty { return (state.lines.removeFirst(), false) }
        return (nil, state.isAtEnd)
      }
      if let line { return line }
      if isAtEnd { return nil }
      guard ContinuousClock.now < end else {
        throw ProgramFailure("no line came within \(limit); so far:\n\(everything)")
      }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  func finished() async {
    while !state.withLock({ $0.isAtEnd }) {
      try? await Task.sleep(for: .milliseconds(2))
    }
  }
}
