import Logging

/// Listens to what an HTTP backend says unasked, for all clients at once: that its lists, or resources
/// that some of them subscribed to, have changed.
///
/// At 2026-07-28 that is a `subscriptions/listen` request, opened anew with each change of what is
/// wanted, before the old one ends; before, a session with its GET stream.
actor HTTPWatch {
  /// The waits between attempts.
  private static let shortestWait = Duration.seconds(1)
  private static let longestWait = Duration.seconds(60)
  /// How long a subscription may take to be acknowledged.
  private static let patience = Duration.seconds(5)

  private let http: HTTPBackend
  private let news: BackendNews
  private let logger: Logger
  private var era: ProtocolVersion.Era?
  private var capabilities: JSONValue = .null
  private var uris: Set<String> = []
  private var stream: Task<Void, Never>?
  private var session: BackendSession?
  /// Those that wait until what they want is listened to.
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var isStopped = false
  /// Counts the streams: while one takes the place of another, both say the same.
  private var lastStream = 0
  private var current = 0

  init(_ http: HTTPBackend, news: BackendNews, logger: Logger) {
    self.http = http
    self.news = news
    self.logger = logger
  }

  /// What was found out about the backend; listens from then on.
  func settle(_ era: ProtocolVersion.Era, _ capabilities: JSONValue) {
    guard !isStopped, era != self.era || capabilities != self.capabilities else { return }
    self.era = era
    self.capabilities = capabilities
    restart()
  }

  func stop() async {
    isStopped = true
    stream?.cancel()
    release()
    if let session { await http.closeSession(session) }
  }

  /// Listens to a resource; on return that is so, as far as the backend acknowledges such things.
  ///
  /// - Returns: whether the backend can be subscribed to at all.
  func subscribe(_ uri: String) async -> Bool {
    guard canSubscribe, !isStopped else { return false }
    guard uris.insert(uri).inserted else { return true }
    if era == .legacy, let session {
      let isTold = await tell(.resourcesSubscribe, uri, in: session)
      // Who asks next is to hear the same, and not that it is there already.
      if !isTold { uris.remove(uri) }
      return isTold
    }
    restart()
    let patience = Task {
      try? await Task.sleep(for: Self.patience)
      if !Task.isCancelled { self.release() }
    }
    await withCheckedContinuation { waiting.append($0) }
    patience.cancel()
    return true
  }

  func unsubscribe(_ uri: String) async {
    guard uris.remove(uri) != nil, !isStopped else { return }
    if era == .legacy {
      if let session { _ = await tell(.resourcesUnsubscribe, uri, in: session) }
    } else {
      restart()
    }
  }

  private var canSubscribe: Bool { capabilities["resources"]?["subscribe"]?.boolValue == true }

  /// It is listened to from now on; what changed before was not heard.
  private func isHeard(_ number: Int) {
    current = number
    news.listChanged(.notificationsToolsListChanged)
    release()
  }

  private func isCurrent(_ number: Int) -> Bool { current == number }

  private func release() {
    let waiting = waiting
    self.waiting = []
    for continuation in waiting { continuation.resume() }
  }

  // MARK: Listening

  private func restart() {
    let old = stream
    guard let era, !filter.members.isEmpty else {
      old?.cancel()
      stream = nil
      return release()
    }
    stream = Task { [weak self] in
      var wait = Self.shortestWait
      while !Task.isCancelled {
        guard let self else { return }
        let began = ContinuousClock.now
        let goesOn =
          era == .modern ? await self.listen(instead: old) : await self.hear(instead: old)
        guard goesOn, !Task.isCancelled else { return }
        if ContinuousClock.now - began > Self.longestWait { wait = Self.shortestWait }
        try? await Task.sleep(for: wait)
        wait = min(wait * 2, Self.longestWait)
      }
    }
  }

  private var filter: JSONObject {
    ListChange.filter(ListChange.announced(in: capabilities), resources: uris.sorted())
  }

  /// One `subscriptions/listen`, to its end; whether another is to follow.
  private func listen(instead old: Task<Void, Never>?) async -> Bool {
    lastStream += 1
    let number = lastStream
    do {
      try await http.listen(filter) { message in
        let envelope = message.withUnsafeBytes { try? EnvelopeScanner.scan($0) }
        if envelope?.method == .notificationsSubscriptionsAcknowledged {
          await self.isHeard(number)
          old?.cancel()
        } else if await self.isCurrent(number) {
          self.news.take(message)
        }
      }
      return true
    } catch BackendError.refused(_, -32601, _) {
      old?.cancel()
      release()
      return false
    } catch {
      if Task.isCancelled { return false }
      logger.debug("\(http.name): it is not listened to: \(error)")
      old?.cancel()
      return true
    }
  }

  /// One session with its GET stream, to its end; whether another is to follow.
  private func hear(instead old: Task<Void, Never>?) async -> Bool {
    old?.cancel()
    do {
      let session = try await http.openSession(client: .gateway, version: .newestLegacy)
      guard !Task.isCancelled else {
        await http.closeSession(session)
        return false
      }
      self.session = session
      for uri in uris { _ = await tell(.resourcesSubscribe, uri, in: session) }
      try await http.hear(in: session) {
        await self.isHeard(0)
      } take: { message in
        self.news.take(message)
      }
      self.session = nil
      await http.closeSession(session)
      return true
    } catch HTTPBackend.NoStream.notAllowed {
      // Its lists are read again when they are due; its session takes subscriptions to nobody.
      release()
      return false
    } catch {
      session = nil
      if Task.isCancelled { return false }
      logger.debug("\(http.name): it is not listened to: \(error)")
      return true
    }
  }

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
