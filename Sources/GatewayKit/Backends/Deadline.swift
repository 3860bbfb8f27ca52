/// Bounds async work in time.
enum Deadline {
  /// The work's outcome, or the error for its not having come in time; the work is cancelled then.
  static func run<Value: Sendable>(
    _ time: Duration, _ work: @escaping @Sendable () async throws -> Value,
    onTimeout: @Sendable () -> any Error
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        try await Task.sleep(for: time)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let value = first else { throw onTimeout() }
      return value
    }
  }

  /// The task's value if it comes in time. The task goes on either way.
  static func value<Value: Sendable>(
    of task: Task<Value, any Error>, within time: Duration
  ) async throws -> Value? {
    let (outcomes, continuation) = AsyncStream<Result<Value, any Error>?>.makeStream()
    let waiting = Task { continuation.yield(await task.result) }
    let timer = Task {
      try await Task.sleep(for: time)
      continuation.yield(nil)
    }
    defer {
      waiting.cancel()
      timer.cancel()
    }
    for await outcome in outcomes { return try outcome?.get() }
    throw CancellationError()
  }
}
