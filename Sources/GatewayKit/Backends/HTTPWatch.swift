import Logging

/// Listens to what an HTTP backend says unasked, for all clients at once: that its lists, or what some of
/// them subscribed to, have changed.
///
/// At 2026-07-28 that is a `subscriptions/listen` request, opened anew with each change of what is
/// wanted, before the old one ends; before, a session with its GET stream.
actor HTTPWatch {
  /// The waits between attempts.
  private static let shortestWait = Duration.seconds(1)
  private static let longestWait = Duration.seconds(60)
  /// A stream that lived so long ended for its own reasons, a proxy's time limit perhaps.
  private static let steady = Duration.seconds(10)
  /// How long a subscription may take to be acknowledged.
  private static let patience = Duration.seconds(5)

  private let http: HTTPBackend
  private let news: BackendNews
  private let logger: Logger
  private var era: ProtocolVersion.Era?
  private var capabilities: JSONValue = .null
  /// What clients subscribed to.
  private let wanted: @Sendable () -> Set<Watched>
  /// Counts the changes of that.
  private var change = 0
  /// What of it the backend tells of.
  private var heard: Set<Watched> = []
  /// Those that wait until what is wanted since that change is listened to.
  private var waiting: [(change: Int, CheckedContinuation<Void, Never>)] = []
  private var isStopped = false

  /// By their numbers.
  private var streams: [UInt64: Task<Void, Never>] = [:]
  private var lastStream: UInt64 = 0
  private var succession = NewsStreams()
  /// A stream ended by itself, and what changed since nobody heard.
  private var hasGap = false
  /// A stream that was begun is not acknowledged yet.
  private var isOpening = false
  private var session: BackendSession?
  private let sessionWork = SharedWork<Void>()

  init(
    _ http: HTTPBackend, wanted: @escaping @Sendable () -> Set<Watched>, news: BackendNews,
    logger: Logger
  ) {
    self.http = http
    self.wanted = wanted
    self.news = news
    self.logger = logger
  }

  /// What was found out about the backend; listens from then on.
  func settle(_ era: ProtocolVersion.Era, _ capabilities: JSONValue) {
    guard !isStopped, era != self.era || capabilities != self.capabilities else { return }
    self.era = era
    self.capabilities = capabilities
    open()
  }

  func stop() async {
    isStopped = true
    for stream in streams.values { stream.cancel() }
    release()
    if let session { await http.closeSession(session) }
  }

  /// Listens to what is wanted; what is listened to then, as far as the backend acknowledges such things.
  func hear(_ watched: Set<Watched>) async -> Set<Watched> {
    guard let era, !isStopped else { return [] }
    let offered = watched.filter { $0.isOffered(by: capabilities, in: era) }
    if offered.isSubset(of: heard) { return heard }
    if session != nil {
      await settleSession()
      return heard
    }
    changed()
    let change = change
    let patience = Task {
      try? await Task.sleep(for: Self.patience)
      if !Task.isCancelled { self.giveUp(change) }
    }
    await withCheckedContinuation { waiting.append((change, $0)) }
    patience.cancel()
    return heard
  }

  /// Less may be wanted than before.
  func hearLess() async {
    guard !isStopped, !heard.isSubset(of: wanted()) else { return }
    if era == .modern {
      changed()
    } else if session != nil {
      await settleSession()
    }
  }

  // MARK: Streams

  private var filter: SubscriptionFilter {
    SubscriptionFilter(
      lists: ListChange.announced(in: capabilities),
      watched: wanted().filter { $0.isOffered(by: capabilities, in: era ?? .modern) })
  }

  /// A stream that is being opened is followed by another, once for all that has changed meanwhile.
  private func changed() {
    change += 1
    if !isOpening { open() }
  }

  private func open() {
    lastStream += 1
    let number = lastStream
    guard let era, !filter.isEmpty, !isStopped else {
      endStreams(before: number)
      heard = []
      return release()
    }
    isOpening = true
    streams[number] = Task { [weak self] in
      var wait = Self.shortestWait
      while true {
        guard let self else { return }
        let began = ContinuousClock.now
        let goesOn = era == .modern ? await self.listen(number) : await self.keepSession(number)
        guard goesOn, await self.isWanted(number) else { return await self.ended(number) }
        await self.broke()
        if ContinuousClock.now - began > Self.steady { wait = Self.shortestWait }
        try? await Task.sleep(for: wait)
        wait = min(wait * 2, Self.longestWait)
      }
    }
  }

  /// What was wanted at that change is listened to from now on; what changed before was not heard.
  private func isHeard(_ number: UInt64, _ change: Int, _ heard: Set<Watched>? = nil) {
    // A later one may have been acknowledged sooner.
    guard succession.acknowledge(number) else { return }
    if let heard { self.heard = heard }
    let old = streams.keys.filter { $0 < number }.sorted()
    for older in old.dropLast(NewsStreams.mostAfter) { endStreams(before: older + 1) }
    Task {
      try? await Task.sleep(for: NewsStreams.readAfter)
      self.endStreams(before: number)
    }
    news.listChanged(.notificationsToolsListChanged)
    if hasGap { fillGap() }
    release(upTo: change)
    guard number == lastStream else { return }
    isOpening = false
    if change < self.change { open() }
  }

  private func broke() { hasGap = true }

  /// What is listened to may have changed meanwhile. How a task has fared only its reading tells.
  private func fillGap() {
    hasGap = false
    for case .resource(let uri) in heard {
      let message: JSONValue = [
        "jsonrpc": "2.0", "method": .string(Method.notificationsResourcesUpdated.name),
        "params": ["uri": .string(uri)],
      ]
      news.updated(.resource(uri), message.bytes)
    }
  }

  /// Nobody waits for a stream any longer than so; what is listened to already goes on.
  private func giveUp(_ change: Int) {
    release(upTo: change)
    guard isOpening, era == .modern else { return }
    streams.removeValue(forKey: lastStream)?.cancel()
    isOpening = false
    if change < self.change || streams.isEmpty { open() }
  }

  private func ended(_ number: UInt64) {
    streams[number] = nil
    if number == lastStream { isOpening = false }
  }

  private func endStreams(before number: UInt64) {
    for (older, stream) in streams where older < number {
      stream.cancel()
      streams[older] = nil
    }
  }

  /// Whether a stream that broke is to be opened again.
  private func isWanted(_ number: UInt64) -> Bool {
    number >= succession.current && !isStopped
  }

  private func release(upTo change: Int = .max) {
    for waiter in waiting where waiter.change <= change { waiter.1.resume() }
    waiting.removeAll { $0.change <= change }
  }

  private func take(_ message: [UInt8], _ envelope: Envelope?, from number: UInt64) {
    guard let envelope else { return }
    let topic = NewsStreams.Topic(message, envelope)
    switch succession.take(topic, from: number) {
    case .now: news.take(message, envelope)
    case .never: break
    case .later:
      Task {
        try? await Task.sleep(for: NewsStreams.patience)
        if succession.isDue(topic, from: number) { news.take(message, envelope) }
      }
    }
  }

  // MARK: 2026-07-28

  /// One `subscriptions/listen`, to its end; whether another is to follow.
  private func listen(_ number: UInt64) async -> Bool {
    let (filter, change) = (filter, change)
    do {
      try await http.listen(filter.json) { message in
        let envelope = message.withUnsafeBytes { try? EnvelopeScanner.scan($0) }
        if envelope?.method == .notificationsSubscriptionsAcknowledged {
          await self.isHeard(number, change, filter.granted(by: message))
        } else {
          await self.take(message, envelope, from: number)
        }
      }
      return true
    } catch BackendError.refused(_, -32601, _) {
      endStreams(before: number)
      heard = []
      release()
      return false
    } catch {
      return goesOn(after: error)
    }
  }

  // MARK: 2025-11-25 and before

  /// One session with its GET stream, to its end; whether another is to follow.
  private func keepSession(_ number: UInt64) async -> Bool {
    endStreams(before: number)
    let session: BackendSession
    do {
      session = try await http.openSession(client: .gateway, version: .newestLegacy)
    } catch {
      return goesOn(after: error)
    }
    guard !Task.isCancelled else {
      close(session)
      return false
    }
    self.session = session
    heard = []
    // What comes from now on is subscribed to in it.
    let change = change
    defer {
      if self.session?.id == session.id {
        self.session = nil
        heard = []
      }
      // `stop` does so itself, and waits for it.
      if !isStopped { close(session) }
    }
    do {
      await settleSession()
      try await http.hear(in: session) {
        await self.isHeard(number, change)
      } take: { message in
        self.take(message, in: session)
      }
      return true
    } catch HTTPBackend.NoStream.notAllowed {
      // Its lists are read again when they are due; what it tells in its session nobody can hear.
      heard = []
      release()
      return false
    } catch {
      return goesOn(after: error)
    }
  }

  nonisolated private func take(_ message: [UInt8], in session: BackendSession) {
    guard let envelope = message.withUnsafeBytes({ try? EnvelopeScanner.scan($0) }) else { return }
    news.take(message, envelope)
    guard let request = ServerRequest(message, envelope) else { return }
    let answer =
      request.method == .ping
      ? ServerRequest.pong(id: request.id)
      : JSONRPCError.methodNotFound(request.methodName).body(id: request.id, request: nil)
    Task { await http.answer(answer, in: session) }
  }

  /// Subscribes in the session to what is wanted and to nothing else.
  private func settleSession() async { await sessionWork.run { await self.settleSessionNow() } }

  private func settleSessionNow() async {
    guard let session else { return }
    let wanted = wanted().filter { $0.isOffered(by: capabilities, in: .legacy) }
    for case .resource(let uri) in wanted.subtracting(heard)
    where await tell(.resourcesSubscribe, uri, in: session) {
      heard.insert(.resource(uri))
    }
    for case .resource(let uri) in heard.subtracting(wanted) {
      heard.remove(.resource(uri))
      _ = await tell(.resourcesUnsubscribe, uri, in: session)
    }
  }

  private func goesOn(after error: any Error) -> Bool {
    if Task.isCancelled { return false }
    logger.debug("\(http.name): it is not listened to: \(error)")
    return true
  }

  /// Also where what had it was cancelled.
  private func close(_ session: BackendSession) { Task { await http.closeSession(session) } }

  private func tell(_ method: Method, _ uri: String, in session: BackendSession) async -> Bool {
    do {
      try await http.ask(method, JSONObject([("uri", .string(uri))]), in: session)
      return true
    } catch {
      logger.debug("\(http.name): \(method.name) of \(SafeText.line(uri)): \(error)")
      return false
    }
  }
}
