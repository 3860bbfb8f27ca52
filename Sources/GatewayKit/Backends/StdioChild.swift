import Glibc
import Logging
import Subprocess
import Synchronization
import SystemPackage

/// One running child of a stdio backend, of one era, shared by all who call it.
///
/// Requests get ids and progress tokens of ours on their way out, because callers' own may be the
/// same; what comes back is told apart by them and gets its caller's back. Only those bytes of a
/// message change.
final class StdioChild: Sendable {
  /// The longest message that is taken from a child, in bytes.
  static let lineLimit = 16 << 20
  /// How long a child may take to end when its input ends, and again when it is told to.
  static let endTime = Duration.milliseconds(800)

  typealias Messages = AsyncThrowingStream<[UInt8], any Error>

  private struct Exchange {
    let messages: Messages.Continuation
    /// The caller's id and progress token as they were spelled.
    let id: [UInt8]
    let progressToken: [UInt8]?
  }

  private struct State {
    var next: UInt64 = 1
    var exchanges: [UInt64: Exchange] = [:]
    var pid: Int32?
    var end: BackendError?
  }

  let backend: String
  private let logger: Logger
  private let state = Mutex(State())
  private let outgoing: AsyncStream<[UInt8]>
  private let send: AsyncStream<[UInt8]>.Continuation
  private let onListChanged: @Sendable () -> Void

  private init(backend: String, logger: Logger, onListChanged: @escaping @Sendable () -> Void) {
    self.backend = backend
    self.logger = logger
    self.onListChanged = onListChanged
    (outgoing, send) = AsyncStream.makeStream()
  }

  var pid: Int32? { state.withLock { $0.pid } }

  // MARK: Starting

  /// What a child is started with.
  struct Launch: Sendable {
    let command: String
    let arguments: [String]
    let environment: [String: String]
    let directory: String?
  }

  /// Starts a child. `ended` is called once, with why, when it is gone.
  static func start(
    backend: String, _ launch: Launch, logger: Logger,
    onListChanged: @escaping @Sendable () -> Void,
    ended: @escaping @Sendable (StdioChild, BackendError) -> Void
  ) -> StdioChild {
    let child = StdioChild(backend: backend, logger: logger, onListChanged: onListChanged)
    Task {
      let reason = await child.run(launch)
      let error = BackendError.unavailable(backend: backend, reason: reason, since: .now)
      child.finish(error)
      ended(child, error)
    }
    return child
  }

  /// Runs the child to its end; why it ended.
  private func run(_ launch: Launch) async -> String {
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: Self.endTime),
      .send(
        signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(200)),
    ]
    var variables: [Environment.Key: String] = [:]
    for (name, value) in ChildEnvironment.variables(adding: launch.environment) {
      variables[Environment.Key(stringLiteral: name)] = value
    }
    let executable: Executable =
      launch.command.contains("/")
      ? .path(SystemPackage.FilePath(launch.command)) : .name(launch.command)
    do {
      let result = try await Subprocess.run(
        executable, arguments: Arguments(launch.arguments), environment: .custom(variables),
        workingDirectory: launch.directory.map { SystemPackage.FilePath($0) }, platformOptions: options,
        input: .inputWriter, output: .sequence, error: .sequence
      ) { execution in
        state.withLock { $0.pid = execution.processIdentifier.value }
        await withTaskGroup { group in
          group.addTask { await self.write(to: execution.standardInputWriter) }
          group.addTask { await self.log(execution.standardError) }
          await self.read(execution.standardOutput)
          self.send.finish()
          // It had its time to end by itself when its input ended.
          await execution.teardown(using: options.teardownSequence)
          group.cancelAll()
        }
      }
      return "its process ended: \(result.terminationStatus)"
    } catch {
      return "its process could not be run: \(error)"
    }
  }

  private func write(to writer: StandardInputWriter) async {
    for await message in outgoing {
      do {
        _ = try await writer.write(message + [UInt8(ascii: "\n")])
      } catch {
        break
      }
    }
    try? await writer.finish()
  }

  private func log(_ output: SubprocessOutputSequence) async {
    var lines = LineSplitter(limit: 8192)
    do {
      for try await part in output {
        part.withUnsafeBytes { bytes in
          for line in lines.take(bytes) {
            logger.info("\(backend): \(SafeText.line(line))")
          }
        }
      }
    } catch {
      logger.debug("\(backend): its error output ended: \(error)")
    }
  }

  // MARK: Reading

  private func read(_ output: SubprocessOutputSequence) async {
    var lines = LineSplitter(limit: Self.lineLimit)
    do {
      for try await part in output {
        part.withUnsafeBytes { bytes in
          for line in lines.take(bytes) where !line.isEmpty { received(line) }
        }
        if lines.hasOverflowed {
          logger.error("\(backend): a message is longer than \(Self.lineLimit) bytes; it is ended")
          return
        }
      }
    } catch {
      logger.debug("\(backend): its output ended: \(error)")
    }
  }

  private func received(_ line: [UInt8]) {
    guard let envelope = try? line.withUnsafeBytes({ try EnvelopeScanner.scan($0) }) else {
      logger.warning(
        "\(backend): a line of its output is no message: \(SafeText.line(line.prefix(200)))")
      return
    }
    switch envelope.kind {
    case .response: responded(line, envelope)
    case .notification: notified(line, envelope)
    case .request: asked(line, envelope)
    }
  }

  private func responded(_ line: [UInt8], _ envelope: Envelope) {
    guard let range = envelope.id, let number = Self.number(line[range]),
      let exchange = state.withLock({ $0.exchanges.removeValue(forKey: number) })
    else { return }
    var message = line
    message.replaceSubrange(range, with: exchange.id)
    exchange.messages.yield(message)
    exchange.messages.finish()
  }

  private func notified(_ line: [UInt8], _ envelope: Envelope) {
    switch envelope.method {
    case .notificationsProgress:
      guard let range = envelope.notifiedProgressToken, let number = Self.number(line[range]),
        let exchange = state.withLock({ $0.exchanges[number] }),
        let token = exchange.progressToken
      else { return }
      var message = line
      message.replaceSubrange(range, with: token)
      exchange.messages.yield(message)
    default:
      let name = envelope.methodRange.map { String(decoding: line[$0], as: UTF8.self) } ?? ""
      if name.hasSuffix("/list_changed") { onListChanged() }
    }
  }

  /// A child asks the gateway: only `ping` can be answered, for there is no one client to ask.
  private func asked(_ line: [UInt8], _ envelope: Envelope) {
    guard let range = envelope.id else { return }
    let id = Array(line[range])
    if envelope.method == .ping {
      send.yield(Array(#"{"jsonrpc":"2.0","id":"#.utf8) + id + Array(#","result":{}}"#.utf8))
    } else {
      let name = envelope.methodRange.map { String(decoding: line[$0], as: UTF8.self) } ?? ""
      send.yield(JSONRPCError.methodNotFound(name).body(id: id))
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    UInt64(String(decoding: bytes, as: UTF8.self))
  }

  // MARK: Sending

  /// Sends a request; the stream gives its progress and its response. Ending the stream early
  /// cancels the request.
  func exchange(_ body: [UInt8], _ envelope: Envelope) -> Messages {
    let (messages, continuation) = Messages.makeStream()
    guard let id = envelope.id else {
      continuation.finish()
      return messages
    }
    let number: UInt64? = state.withLock { state in
      guard state.end == nil else { return nil }
      let number = state.next
      state.next += 1
      state.exchanges[number] = Exchange(
        messages: continuation, id: Array(body[id]),
        progressToken: envelope.progressToken.map { Array(body[$0]) })
      return number
    }
    guard let number else {
      continuation.finish(throwing: state.withLock { $0.end })
      return messages
    }
    continuation.onTermination = { [weak self] reason in
      if case .cancelled = reason { self?.cancel(number) }
    }
    let digits = Array(String(number).utf8)
    var message = body
    // The later range first, so that the earlier one stays where it is.
    let ranges = [id, envelope.progressToken].compactMap { $0 }.sorted {
      $0.lowerBound > $1.lowerBound
    }
    for range in ranges { message.replaceSubrange(range, with: digits) }
    send.yield(OneLine.of(message))
    return messages
  }

  func notify(_ body: [UInt8]) { send.yield(OneLine.of(body)) }

  private func cancel(_ number: UInt64) {
    guard state.withLock({ $0.exchanges.removeValue(forKey: number) }) != nil else { return }
    let message: JSONValue = [
      "jsonrpc": "2.0", "method": .string(Method.notificationsCancelled.name),
      "params": ["requestId": .number(String(number)), "reason": "the client cancelled it"],
    ]
    send.yield(message.bytes)
  }

  /// Asks something for the gateway itself; the bytes of its result.
  func ask(_ method: Method, _ params: JSONObject, within time: Duration) async throws -> [UInt8] {
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": 0, "method": .string(method.name), "params": .object(params),
    ]
    let body = message.bytes
    let backend = backend
    let envelope = try body.withUnsafeBytes { try EnvelopeScanner.scan($0) }
    let answer = try await Deadline.run(time) { () -> ResponseMessage in
      for try await message in self.exchange(body, envelope)
      where JSONRPCMessage.isResponse(message) {
        return try ResponseMessage(message)
      }
      throw BackendError.unavailable(backend: backend, reason: "it gave no answer", since: nil)
    } onTimeout: {
      BackendError.timedOut(backend: backend, after: time)
    }
    switch try answer.get() {
    case .result(let bytes): return bytes
    case .error(let code, let message):
      throw BackendError.refused(backend: backend, code: code, message: message)
    }
  }

  // MARK: Ending

  /// Ends the child's input, which is how it is told to go; what it does not heed is a signal then.
  func stop() {
    send.finish()
    guard let pid = pid else { return }
    Task {
      try? await Task.sleep(for: Self.endTime)
      guard state.withLock({ $0.end == nil }) else { return }
      kill(-pid, SIGTERM)
      try? await Task.sleep(for: Self.endTime)
      guard state.withLock({ $0.end == nil }) else { return }
      kill(-pid, SIGKILL)
    }
  }

  private func finish(_ error: BackendError) {
    let exchanges = state.withLock { state in
      state.end = error
      state.pid = nil
      defer { state.exchanges = [:] }
      return state.exchanges.values
    }
    send.finish()
    for exchange in exchanges { exchange.messages.finish(throwing: error) }
  }
}
