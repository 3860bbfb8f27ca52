import Synchronization

/// Work of which one piece is done at a time; those that ask for it meanwhile share the next piece.
final class SharedWork<Value: Sendable>: Sendable {
  private struct State {
    var next: Task<Value, Never>?
    var last: Task<Value, Never>?
  }

  private let state = Mutex(State())

  /// What came of a piece of work that began after this was called.
  func run(_ work: @escaping @Sendable () async -> Value) async -> Value {
    let task = state.withLock { state in
      if let next = state.next { return next }
      let last = state.last
      let task = Task {
        _ = await last?.value
        self.state.withLock { state in
          state.last = state.next
          state.next = nil
        }
        return await work()
      }
      state.next = task
      return task
    }
    return await task.value
  }
}
