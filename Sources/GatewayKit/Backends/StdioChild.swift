import Logging
import Synchronization

/// One running child of a stdio backend, of one era, shared by all who call it.
///
/// Requests get ids and progress tokens of ours on their way out, because callers' own may be the
/// same; what comes back is told apart by them and gets its caller's back. Only those bytes of a
/// message change.
final class StdioChild: Sendable {
  /// The longest message that is taken from a child, in bytes.
  static let lineLimit = 16 << 20
  /// The most bytes that wait for a child to read them.
  static let queueLimit = 64 << 20
  /// A child that answers none of so many requests, and writes nothing else either, hangs.
  static let mostUnanswered = 3

  /// How long a request that was given up may still be worked on, as far as is thought of.
  static let afterlife = Duration.seconds(60)

  /// What the child's owner is told.
  struct Events: Sendable {
    var ended: @Sendable (StdioChild, _ error: BackendError, _ wasAsked: Bool) -> Void
    var news: BackendNews
    var failed: @Sendable (BackendFailure) -> Void
    var succeeded: @Sendable () -> Void
  }

  struct State {
    var next: UInt64 = 1
    var exchanges: [UInt64: StdioExchange] = [:] {
      didSet { lastUsed = .now }
    }
    /// Clients' requests that nobody waits for any more and that it may still work on.
    var givenUp: [UInt64: (client: ChannelClient, at: ContinuousClock.Instant)] = [:]
    /// When a request last began or ended, or somebody was about to begin one.
    var lastUsed = ContinuousClock.now
    /// Nil until the handshake has settled it.
    var era: ProtocolVersion.Era?
    /// Which request each of its questions was taken to belong to, by the question's id.
    var asked: [[UInt8]: UInt64] = [:]
    /// Whether it is one session's own, so that what the gateway asks beside its calls is that one's, too.
    var isOneSessions = false
    var mayHaveTasks = false
    /// What it was told to log.
    var logLevel: LogLevel?
    var queued = 0
    var pid: Int32?
    var process: Task<Void, any Error>?
    /// Our requests to listen, by the numbers of their exchanges.
    var newsStreams = NewsStreams()
    /// What it tells the changes of.
    var heard: Set<Watched> = []
    /// Requests that got no answer in time, since it last wrote anything.
    var unanswered = 0
    /// The last line of its error output.
    var lastWords: String?
    /// Why it is made to end, if it is.
    var verdict: String?
    var wasAskedToEnd = false
    var end: BackendError?

    mutating func forgetGivenUp() {
      givenUp = givenUp.filter { .now - $0.value.at < StdioChild.afterlife }
    }

    /// Whether it may still work on a request that somebody else gave up.
    mutating func mayWork(forOtherThan client: ChannelClient?) -> Bool {
      forgetGivenUp()
      return givenUp.values.contains { $0.client.principal != client?.principal }
    }
  }

  let backend: String
  let started = ContinuousClock.now
  let logger: Logger
  let events: Events
  let state = Mutex(State())
  /// Changes of what it is to tell of.
  let subscribing = SharedWork<Set<Watched>>()
  let outgoing: AsyncStream<[UInt8]>
  let send: AsyncStream<[UInt8]>.Continuation

  /// Starts a child.
  init(backend: String, launch: ChannelLaunch, logger: Logger, events: Events) {
    self.backend = backend
    self.logger = logger
    self.events = events
    (outgoing, send) = AsyncStream.makeStream()
    let process = Task<Void, any Error> {
      let reason =
        switch launch {
        case .process(let launch): await self.run(launch)
        case .eventStream(let launch): await self.run(launch)
        }
      let error = BackendError.unavailable(backend: backend, reason: reason, since: .now)
      self.finish(error)
    }
    state.withLock { $0.process = process }
  }

  var pid: Int32? { state.withLock { $0.end == nil ? $0.pid : nil } }
  /// Whether it could be started at all.
  var hadProcess: Bool { state.withLock { $0.pid != nil } }
  var hasEnded: Bool { state.withLock { $0.end != nil } }

  /// How long nobody has used it; zero while it works on a request, or is to tell of a resource.
  var idleTime: Duration {
    state.withLock {
      $0.exchanges.isEmpty && $0.heard.isEmpty ? .now - $0.lastUsed : .zero
    }
  }

  /// Whether it has to be told to log what is of that level; it is taken to be told then.
  func needs(_ level: LogLevel, isShared: Bool) -> Bool {
    state.withLock { state in
      if let known = state.logLevel, known == level || isShared && known < level { return false }
      state.logLevel = level
      return true
    }
  }

  /// Whether what it works on may go on without a request.
  var mayHaveTasks: Bool { state.withLock { $0.mayHaveTasks } }
  func noteTasks() { state.withLock { $0.mayHaveTasks = true } }

  func touch() { state.withLock { $0.lastUsed = .now } }

  var era: ProtocolVersion.Era? {
    get { state.withLock { $0.era } }
    set { state.withLock { $0.era = newValue } }
  }

  // MARK: Sending

  /// Sends a request; the stream gives its progress and log messages and its response. Ending the
  /// stream early cancels the request.
  ///
  /// - Parameters:
  ///   - client: who waits for it; nil is the gateway itself.
  ///   - timeout: how long the first message may take; nil where there are other limits.
  func exchange(
    _ body: [UInt8], _ envelope: Envelope, for client: ChannelClient?, timeout: Duration?
  ) -> StdioExchange.Messages {
    let (messages, continuation) = StdioExchange.Messages.makeStream(
      bufferingPolicy: .bufferingNewest(StdioExchange.bufferLimit))
    guard let id = envelope.id else {
      notify(body)
      continuation.finish()
      return messages
    }
    let number = state.withLock { state -> Result<UInt64, BackendError> in
      if let end = state.end { return .failure(end) }
      let number = state.next
      state.next += 1
      state.exchanges[number] = StdioExchange(
        messages: continuation, id: Array(body[id]),
        progressToken: envelope.progressToken.map { Array(body[$0]) },
        takesLogs: state.era == .legacy || envelope.logLevel != nil,
        client: client, isSubscription: envelope.method == .subscriptionsListen)
      return .success(number)
    }
    switch number {
    case .failure(let error):
      continuation.finish(throwing: error)
    case .success(let number):
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
      guard enqueue(message) else {
        end(
          number,
          .unavailable(backend: backend, reason: "it does not read its input", since: nil))
        break
      }
      if let timeout { expire(number, after: timeout) }
    }
    return messages
  }

  func notify(_ body: [UInt8]) { _ = enqueue(body) }

  func enqueue(_ message: [UInt8]) -> Bool {
    let isTaken = state.withLock { state in
      guard state.queued + message.count <= Self.queueLimit else { return false }
      state.queued += message.count
      return true
    }
    if isTaken { send.yield(OneLine.of(message)) }
    return isTaken
  }

  private func expire(_ number: UInt64, after timeout: Duration) {
    let timer = Task { [weak self] in
      do { try await Task.sleep(for: timeout) } catch { return }
      guard let self else { return }
      self.logger.warning("\(self.backend): no answer within \(timeout.milliseconds) ms")
      guard let exchange = self.giveUp(number) else { return }
      let error = BackendError.timedOut(backend: self.backend, after: timeout)
      exchange.messages.finish(throwing: error)
      self.tellCancelled(number, "it took too long")
      self.events.failed(.timedOut)
      let unanswered = self.state.withLock { state in
        state.unanswered += 1
        return state.unanswered
      }
      if unanswered >= Self.mostUnanswered {
        self.condemn(
          "it hangs: \(unanswered) requests got no answer in time, and it wrote nothing else")
      }
    }
    state.withLock { state in
      // Its answer may have come already.
      if state.exchanges[number] == nil {
        timer.cancel()
      } else {
        state.exchanges[number]?.expiry = timer
      }
    }
  }

  /// Ends one exchange with an error; false when it has ended already.
  @discardableResult
  func end(_ number: UInt64, _ error: BackendError) -> Bool {
    guard let exchange = state.withLock({ $0.exchanges.removeValue(forKey: number) }) else {
      return false
    }
    exchange.expiry?.cancel()
    exchange.messages.finish(throwing: error)
    return true
  }

  private func cancel(_ number: UInt64) {
    guard let exchange = giveUp(number) else { return }
    exchange.expiry?.cancel()
    tellCancelled(number, "the client cancelled it")
  }

  /// Nobody waits for it any more, but the child may ask on its behalf until it has answered.
  private func giveUp(_ number: UInt64) -> StdioExchange? {
    state.withLock { state in
      guard let exchange = state.exchanges.removeValue(forKey: number) else { return nil }
      state.forgetGivenUp()
      if let client = exchange.client { state.givenUp[number] = (client, .now) }
      return exchange
    }
  }

  /// On stdio this cancels in both eras (2026-07-28, stdio, Cancellation).
  func tellCancelled(_ number: UInt64, _ reason: String) {
    let message: JSONValue = [
      "jsonrpc": "2.0", "method": .string(Method.notificationsCancelled.name),
      "params": ["requestId": .number(String(number)), "reason": .string(reason)],
    ]
    _ = enqueue(message.bytes)
  }

  // MARK: The gateway's own requests

  /// Asks something for the gateway itself; the bytes of its result.
  func ask(_ method: Method, _ params: JSONObject, within time: Duration) async throws -> [UInt8] {
    switch try ResponseMessage(await answer(method, params, within: time)) {
    case .result(let bytes): return bytes
    case .error(let code, let message):
      throw BackendError.refused(
        backend: backend, code: code, message: SafeText.line(String(message.prefix(500))))
    }
  }

  /// Asks something for the gateway itself; the whole response.
  func answer(
    _ method: Method, _ params: JSONObject, within time: Duration
  ) async throws -> [UInt8] {
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": 0, "method": .string(method.name), "params": .object(params),
    ]
    let body = message.bytes
    let backend = backend
    let envelope = try body.withUnsafeBytes { try EnvelopeScanner.scan($0) }
    return try await Deadline.run(time) {
      for try await message in self.exchange(body, envelope, for: nil, timeout: nil)
      where JSONRPCMessage.isResponse(message) {
        return message
      }
      throw BackendError.unavailable(backend: backend, reason: "it gave no answer", since: nil)
    } onTimeout: {
      BackendError.timedOut(backend: backend, after: time)
    }
  }
}
