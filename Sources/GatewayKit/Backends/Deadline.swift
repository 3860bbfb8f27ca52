/// Bounds async work in time.
enum Deadline {
  /// The work's outcome, or the error for its not having come in time; the work is cancelled then.
  static func run<Value: Sendable>(
    _ time: Duration, _ work: @escaping @Sendable () async throws -> Value,
    onTimeout: @Sendable () -> any Error
  ) async throws -> Result<Value, any Error> {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        try await Task.sleep(for: time)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let value = first else {
        return .failure(onTimeout())
      }
      return .success(value)
    }
  }
}
