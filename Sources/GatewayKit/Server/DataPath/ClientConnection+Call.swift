import NIOCore

/// The client's side of a call whose messages come one by one: the response alone as JSON, with
/// messages before it as an event stream.
extension ClientConnection {
  /// Whether the answer may be more than the response.
  var takesMessages: Bool { acceptsEventStream && !isInBatch }

  func take(_ event: CallEvent) {
    switch event {
    case .message(let message):
      // A batch is answered by responses alone.
      guard !isInBatch else { return }
      if !answer.hasBegun {
        beginStream()
        beginReplay()
        startEventStream()
      }
      answer.inspector.add(message.count)
      writeRecorded(message)
    case .replayed(let events, let isComplete, let stream):
      take(replayed: events, of: stream)
      if isComplete {
        backendCall = nil
        endEventStream()
      }
    case .response(let message), .interim(let message):
      backendCall = nil
      answer.outcome = message.withUnsafeBytes { AnswerInspector.outcome(of: $0) }
      endCallStream(message)
    case .failed(let error):
      backendCall = nil
      guard answer.hasBegun, let call = call() else { return answerError(error) }
      answer.outcome = .broken
      endCallStream(error.body(id: call.id, request: call.request))
    }
  }

  private func endCallStream(_ message: [UInt8]) {
    guard answer.hasBegun else {
      return reply(HTTPReply(status: modernStatus(of: message), json: message))
    }
    answer.inspector.add(message.count)
    writeRecorded(message, isLast: true)
    endEventStream()
  }

  /// Since 2025-11-25 a client may come back for the rest of its call's stream.
  private func beginReplay() {
    guard let session = request.session, session.token.version >= .v2025_11_25,
      let call = backendCall
    else { return }
    let replay = ReplayStream(
      session: session.token.number, of: session.token.principal, call: call)
    answer.replay = replay
    server.replays.add(replay)
    call.perform { $0.replay = replay }
  }

  /// A modern error has the status that belongs to it over HTTP; a legacy client gets 200.
  private func modernStatus(of message: [UInt8]) -> Int {
    guard request.era == .modern, let code = JSONRPCMessage.errorCode(message) else { return 200 }
    return JSONRPCError.httpStatus(ofCode: code)
  }

  /// The client has gone, or gets another answer.
  func leaveCall() {
    backendCall?.clientGone(ObjectIdentifier(self))
    backendCall = nil
  }

  // MARK: Beginning

  /// Has a backend work on the request, its messages looked at one by one.
  ///
  /// - Parameter session: whose session at the backend it is in, if it is in one.
  func begin(
    _ forward: Forward, _ translation: CallTranslation, _ request: RequestTranslation,
    capabilities: JSONValue, in session: SessionEntry? = nil, over transport: any CallTransport
  ) {
    guard let call = makeCall(forward, translation, request, capabilities) else { return }
    call.tasks = tasks(of: forward)
    call.lane = self.request.lane
    self.request.lane = nil
    if let session {
      call.use = session.use
      call.linkKey = LinkCalls.Key(session: session.token.number, backend: forward.backend)
    }
    backendCall = call.link
    call.begin(over: transport)
  }

  /// What the client says that it can be asked.
  var clientCapabilities: JSONValue {
    request.session?.token.client.capabilities
      ?? request.value(of: request.envelope?.clientCapabilities) ?? .null
  }

  func makeCall(
    _ forward: Forward, _ translation: CallTranslation, _ translated: RequestTranslation,
    _ capabilities: JSONValue
  ) -> BackendCall? {
    guard let caller = request.caller, let envelope = request.envelope, let era = request.era else {
      return nil
    }
    let origin = CallOrigin(
      caller: caller, credential: request.credential, session: request.session, era: era,
      capabilities: ClientCapabilities(capabilities), backend: forward.backend,
      operand: operandAtBackend(forward, envelope))
    let call = BackendCall(
      origin,
      CallRequest(
        body: request.body.withUnsafeReadableBytes { Array($0) }, envelope: envelope,
        translation: translated), translation,
      backendName: loop.routes.route(forward.backend)?.view.configuration.name ?? "", loop: loop,
      sink: CallSink(self))
    if let session = request.session, let id = request.bodyBytes(envelope.id) {
      call.cancellationKey = CallTable.Key(session: session.token.number, id: id)
    }
    return call
  }

  /// What access lists judge a call by: the name that the backend knows, or the URI.
  private func operandAtBackend(_ forward: Forward, _ envelope: Envelope) -> [UInt8] {
    if let task = forward.task { return Array(task.tool.utf8) }
    if let splice = forward.splice { return splice.target.name }
    guard let operand = envelope.operand else { return [] }
    return withText(operand) { Array($0) }
  }

  // MARK: Retries

  /// A modern client's retry of a call that waits here; false when its state is none of ours.
  func resumeParked(_ envelope: Envelope) -> Bool {
    guard let state = request.bodyText(envelope.requestState), let caller = request.caller else {
      return false
    }
    let body = request.body.withUnsafeReadableBytes { Array($0) }
    let link: CallLink
    do throws(ParkedCalls.Refusal) {
      link = try server.parked.take(
        state, principal: caller.principal, digest: ParkedCalls.digest(body, envelope))
    } catch {
      guard error == .gone else { return false }
      answerError(.noLongerWaiting)
      return true
    }
    let answers = body.withUnsafeBytes { bytes in
      envelope.inputResponses.flatMap { try? JSONMembers(bytes, in: $0) }?.members.map { member in
        (key: JSONReader(bytes).text(member.key), value: Array(bytes[member.value]))
      }
    }
    let sink = CallSink(self)
    let id = request.bodyBytes(envelope.id) ?? []
    let token = request.bodyBytes(envelope.progressToken)
    let level = logLevel(envelope)
    backendCall = link
    link.perform { call in
      call.resume(
        sink, call.translation.forRetry(id: id, progressToken: token, logLevel: level),
        answers: answers ?? [])
    }
    return true
  }

  func logLevel(_ envelope: Envelope) -> LogLevel? {
    request.bodyText(envelope.logLevel).flatMap(LogLevel.init(rawValue:))
  }
}
