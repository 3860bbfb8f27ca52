import NIOCore

/// An admitted MCP request: which era, which session, what it asks, and who answers that.
extension ClientConnection {
  func serveMCP() {
    switch request.head.method {
    case .head:
      reply(HTTPReply(status: 200))
    case .get, .delete:
      guard !isModernByHeader else {
        return reply(
          .error(
            405, "method_not_allowed",
            "At 2026-07-28 there are no sessions and no GET stream: every message is a POST.",
            headerLines: "allow: POST\r\n"))
      }
      request.era = .legacy
      withSession { connection in
        if connection.request.head.method == .get {
          connection.openStream()
        } else {
          connection.endSession()
        }
      }
    default:
      servePost()
    }
  }

  private func servePost() {
    guard hasJSONBody() else {
      return reply(
        .error(415, "unsupported_media_type", "Send the message as Content-Type: application/json.")
      )
    }
    let scanned = request.body.withUnsafeReadableBytes { body in
      Result { () throws(EnvelopeError) in
        try EnvelopeScanner.scan(body, maximumDepth: limits.jsonDepth)
      }
    }
    switch scanned {
    case .success(let envelope):
      request.envelope = envelope
      if envelope.protocolVersion != nil || isModernByHeader {
        serveModern(envelope)
      } else {
        serveLegacy(envelope)
      }
    case .failure(.batch):
      serveBatch()
    case .failure(let error):
      reply(HTTPReply(status: 400, json: refusal(error)))
    }
  }

  /// What answers a body that is no message, with the id of the request that it was meant to be.
  func refusal(_ error: EnvelopeError) -> [UInt8] {
    let id = request.body.withUnsafeReadableBytes { body in
      EnvelopeScanner.id(ofRefused: body, maximumDepth: limits.jsonDepth)
    }
    return error.rpcError.body(id: request.bodyBytes(id), request: request.id)
  }

  private func hasJSONBody() -> Bool {
    guard let range = request.head.contentType else { return true }
    return request.headBytes.withUnsafeReadableBytes { bytes in
      Token.isMediaType(UnsafeRawBufferPointer(rebasing: bytes[range]), "application/json")
    }
  }

  /// A version header that names no legacy revision is the modern entry's to judge.
  private var isModernByHeader: Bool {
    guard let range = request.head.protocolVersion else { return false }
    guard let version = version(in: range) else { return true }
    return version.era == .modern
  }

  private func version(in range: Range<Int>) -> ProtocolVersion? {
    request.headBytes.withUnsafeReadableBytes { bytes in
      ProtocolVersion.named(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }

  // MARK: Modern

  private func serveModern(_ envelope: Envelope) {
    request.era = .modern
    request.version = .newestModern
    let head = request.head
    let refusal = request.headBytes.withUnsafeReadableBytes { headers in
      request.body.withUnsafeReadableBytes { body in
        ModernRequest.refusal(
          envelope: envelope, body: body,
          headers: ModernRequest.Headers(
            protocolVersion: head.protocolVersion.map { .init(rebasing: headers[$0]) },
            method: head.mcpMethod.map { .init(rebasing: headers[$0]) },
            name: head.mcpName.map { .init(rebasing: headers[$0]) }))
      }
    }
    if let refusal {
      reply(
        HTTPReply(
          status: refusal.httpStatus,
          json: refusal.body(id: request.bodyBytes(envelope.id), request: request.id)))
      return
    }
    switch envelope.kind {
    case .notification:
      reply(HTTPReply(status: 202))
    case .response:
      answerError(.invalidRequest("a modern client sends no responses"))
    case .request:
      serveRequest(envelope)
    }
  }

  // MARK: Legacy

  private func serveLegacy(_ envelope: Envelope) {
    request.era = .legacy
    request.version = request.head.protocolVersion.flatMap(version(in:)) ?? .v2025_03_26
    if envelope.method == .initialize, envelope.kind == .request {
      answer(by: { service, call in await service.initialize(call) })
      return
    }
    guard request.head.sessionID != nil else {
      serveWithoutSession(envelope)
      return
    }
    withSession { connection in
      connection.request.version = connection.request.session?.token.version
      switch envelope.kind {
      case .request: connection.serveRequest(envelope)
      case .notification: connection.serveNotification(envelope)
      case .response: connection.serveResponse()
      }
    }
  }

  /// Some clients never send the session's id. What needs no session is answered all the same; it
  /// is never taken for "the only session".
  private func serveWithoutSession(_ envelope: Envelope) {
    switch (envelope.kind, envelope.method) {
    case (.request, _): serveRequest(envelope)
    case (.notification, .notificationsInitialized): reply(HTTPReply(status: 202))
    default:
      reply(missingSession)
    }
  }

  var missingSession: HTTPReply {
    HTTPReply(
      status: 400,
      json: JSONRPCError.invalidRequest(
        "Mcp-Session-Id is missing: send initialize first, then its id with every message"
      ).body(id: request.bodyBytes(request.envelope?.id), request: request.id))
  }

  /// Finds the session that the header names, on this loop or by its owner.
  func withSession(_ then: @escaping (ClientConnection) -> Void) {
    guard let caller = request.caller, let range = request.head.sessionID else {
      return reply(missingSession)
    }
    let known = request.headBytes.withUnsafeReadableBytes {
      loop.sessions.find(UnsafeRawBufferPointer(rebasing: $0[range]))
    }
    if let known {
      use(known, caller, then)
      return
    }
    let sealed = request.value(range) ?? []
    let sessions = server.mcp.sessions
    let principal = caller.principal
    run {
      try? await sessions.open(sealed, for: principal)
    } then: { connection, entry in
      guard let entry else { return connection.reply(connection.unknownSession) }
      connection.use(entry, caller, then)
    }
  }

  private func use(
    _ entry: SessionEntry, _ caller: Caller, _ then: (ClientConnection) -> Void
  ) {
    guard entry.token.principal == caller.principal,
      entry.token.backend == request.scope?.name
    else { return reply(unknownSession) }
    request.session = entry
    entry.use.note()
    then(self)
  }

  var unknownSession: HTTPReply {
    HTTPReply(
      status: 404,
      json: JSONRPCError.invalidRequest("Session not found: send initialize to begin a new one")
        .body(id: request.bodyBytes(request.envelope?.id), request: request.id))
  }

  func serveNotification(_ envelope: Envelope) {
    switch envelope.method {
    case .notificationsCancelled:
      cancelInFlight(envelope)
    case .notificationsRootsListChanged:
      tellBackends()
    case .notificationsProgress:
      // On `/mcp/{backend}` it is the backend's; on the joint endpoint it does not say whose it is.
      if let scope = request.scope, request.session?.link(scope) != nil {
        forward(Forward(backend: scope, splice: nil, isRepeatable: false))
      } else {
        reply(HTTPReply(status: 202))
      }
    default:
      // What the lists cannot judge is not passed on.
      reply(HTTPReply(status: 202))
    }
  }

  /// A client's answer to a server's request.
  func serveResponse() {
    guard let session = request.session, let envelope = request.envelope,
      let id = request.bodyBytes(envelope.id),
      let take = server.inputs.take(session.token.number, id: id)
    else {
      // An answer that nobody waits for any more is no fault of its client: some take 400 for the end of
      // their session.
      if let id = request.bodyBytes(request.envelope?.id), server.inputs.wasGivenOut(id) {
        return reply(HTTPReply(status: 202))
      }
      return reply(
        HTTPReply(
          status: 400,
          json: JSONRPCError.invalidRequest("no request with that id waits for an answer").body(
            id: nil, request: request.id)))
    }
    take(request.body.withUnsafeReadableBytes { Array($0) }, envelope)
    reply(HTTPReply(status: 202))
  }

  private func setLogLevel(_ envelope: Envelope) {
    guard let session = request.session else { return reply(missingSession) }
    guard let level = request.value(of: envelope.level)?.stringValue.flatMap(LogLevel.init) else {
      return answerError(
        .invalidParams(
          "params.level is one of \(LogLevel.allCases.map(\.rawValue).joined(separator: ", "))"))
    }
    let sessions = server.mcp.sessions
    run { () async -> Bool in
      do throws(SessionRegistry.Refusal) {
        try await sessions.setLogLevel(level, of: session)
        return true
      } catch {
        return false
      }
    } then: { connection, isSet in
      guard isSet, let call = connection.call() else {
        return connection.reply(connection.unknownSession)
      }
      connection.reply(.result(call, .object(JSONObject())))
    }
  }

  /// Passes a notification on to all legacy backends that the session has to do with.
  private func tellBackends() {
    guard let session = request.session, let caller = request.caller else {
      return reply(HTTPReply(status: 202))
    }
    let message = request.body.withUnsafeReadableBytes { Array($0) }
    for link in session.links {
      loop.peer(link.backend)?.tell(
        message, link.headerLines, of: caller.principal, era: .legacy)
    }
    let client = ChannelClient(
      session: session.token.number, principal: caller.principal, identity: session.token.client)
    for route in loop.routes.routes
    where route.view.configuration.isolatesSessions && caller.rules.reaches(route.id) {
      server.backends.backend(route.id)?.notify(message, for: client)
    }
    reply(HTTPReply(status: 202))
  }

  // MARK: Requests of both eras

  func serveRequest(_ envelope: Envelope) {
    if envelope.requestState != nil, request.era == .modern, resumeParked(envelope) { return }
    switch envelope.method {
    case .toolsCall, .promptsGet, .resourcesRead, .completionComplete:
      route(envelope)
    case .ping where request.era == .legacy:
      answer(by: { _, call in .result(call, .object(JSONObject())) })
    case .serverDiscover where request.era == .modern:
      answer(by: { service, call in await service.discover(call) })
    case .some(let method)
    where [.toolsList, .promptsList, .resourcesList, .resourcesTemplatesList].contains(method):
      answer(by: { service, call in await service.list(call, method) })
    case .loggingSetLevel where request.era == .legacy:
      setLogLevel(envelope)
    case .resourcesSubscribe where request.era == .legacy,
      .resourcesUnsubscribe where request.era == .legacy:
      subscribe(envelope)
    case .subscriptionsListen where request.era == .modern:
      listen(envelope)
    case .tasksGet, .tasksResult, .tasksCancel, .tasksUpdate:
      routeTask(envelope)
    default:
      routeUnknown(envelope)
    }
  }

  // MARK: Answering

  func call() -> MCPCall? {
    guard let caller = request.caller, let envelope = request.envelope, let era = request.era else {
      return nil
    }
    return MCPCall(
      request: request.id, caller: caller, scope: request.scope, era: era,
      version: request.version ?? .newestLegacy, session: request.session, envelope: envelope,
      body: request.body)
  }

  func answer(by work: @escaping @Sendable (MCPService, MCPCall) async -> MCPAnswer) {
    guard let call = call() else { return }
    let service = server.mcp
    run {
      await work(service, call)
    } then: { connection, answer in
      connection.reply(answer)
    }
  }

  func reply(_ answer: MCPAnswer) {
    var lines = ""
    if let session = answer.session {
      lines += "mcp-session-id: \(String(decoding: session.sealed, as: UTF8.self))\r\n"
      request.session = session
      recordSession(.sessionOpened)
    }
    if let seconds = answer.retryAfter { lines += "retry-after: \(seconds)\r\n" }
    if answer.body.isEmpty {
      reply(HTTPReply(status: answer.status, headerLines: lines))
    } else {
      reply(HTTPReply(status: answer.status, json: answer.body, headerLines: lines))
    }
  }

  func answerError(_ error: JSONRPCError) {
    guard let call = call() else { return }
    reply(MCPAnswer.error(call, error))
  }

  /// Runs async work for this request and comes back with what it gives, unless the request is
  /// over by then.
  func run<Value: Sendable>(
    _ work: @escaping @Sendable () async -> Value,
    then: @escaping (ClientConnection, Value) -> Void
  ) {
    let serial = serial
    let eventLoop = loop.eventLoop
    let back = NIOLoopBound((self, then), eventLoop: eventLoop)
    task = Task {
      let value = await work()
      eventLoop.execute {
        let (connection, then) = back.value
        guard connection.serial == serial else { return }
        connection.loop.readClock()
        then(connection, value)
        connection.advance()
      }
    }
  }
}
