/// Questions for a legacy client: requests on its call's stream, whose answers are messages of their own.
extension BackendCall {
  /// A legacy backend asks.
  func ask(_ request: ServerRequest, in session: SessionEntry) {
    let link = link
    let backendID = request.id
    let id = server.inputs.add(
      session.token.number, backend: backendName, owner: ObjectIdentifier(self)
    ) { message, envelope in
      link.perform { call in
        guard let range = envelope.id else { return }
        var answer = message
        answer.replaceSubrange(range, with: backendID)
        call.asked[backendID] = nil
        call.tell(answer)
      }
    }
    guard let id else {
      return refuse(request, .tooManyQuestions)
    }
    asked[backendID] = id
    if !send(request.renumbered(id), to: session) {
      asked[backendID] = nil
      _ = server.inputs.take(session.token.number, id: id)
      refuse(request, .cannotWait)
    }
  }

  /// The backend no longer wants an answer to a question.
  ///
  /// - Parameter message: its notification of that.
  func withdrawn(_ backendID: [UInt8], _ message: [UInt8]) {
    questions.removeAll { $0.request.id == backendID }
    guard let session = origin.session, let id = asked.removeValue(forKey: backendID),
      server.inputs.take(session.token.number, id: id) != nil,
      let envelope = message.withUnsafeBytes({ try? EnvelopeScanner.scan($0) }),
      let range = envelope.requestID
    else { return }
    var renamed = message
    renamed.replaceSubrange(range, with: id)
    _ = send(renamed, to: session)
  }

  /// A modern backend has to be told something first.
  func needsInput(_ input: InputRequired) {
    rounds += 1
    guard rounds <= Self.roundLimit else {
      return giveUp(.invalidRequest("\(backendName) asks without end"))
    }
    for request in input.requests {
      if let missing = origin.capabilities.lacks(request.method, request.params) {
        return giveUp(.missingCapability(missing))
      }
    }
    guard translation.direction == .toLegacyClient, let session = origin.session else {
      // A modern client is told as it is, and comes again by itself.
      return deliver(
        .response(input.response(id: translation.id, serverInfo: translation.serverInfo)))
    }
    round = InputRound(input)
    guard !input.requests.isEmpty else { return retry() }
    for request in input.requests where !ask(request, in: session) {
      return giveUp(.cannotWait)
    }
  }

  /// Whether the client could be asked.
  private func ask(_ request: InputRequired.Request, in session: SessionEntry) -> Bool {
    let link = link
    let key = request.key
    let method = request.method
    let id = server.inputs.add(
      session.token.number, backend: backendName, owner: ObjectIdentifier(self)
    ) { message, envelope in
      link.perform { $0.take(message, envelope, for: key, method) }
    }
    guard let id else { return false }
    var params = request.params
    if method == .elicitationCreate, params?["mode"]?.stringValue == "url",
      params?["elicitationId"] == nil
    {
      // An identifier was asked for then (2026-07-28, Key Changes, Minor, 11).
      params?["elicitationId"] = .string(SessionNumber().description)
    }
    var message = Array(#"{"jsonrpc":"2.0","id":"#.utf8) + id
    message += Array(#","method":"\#(method.name)""#.utf8)
    if let params { message += Array(#","params":"#.utf8) + JSONValue.object(params).bytes }
    return send(message + [UInt8(ascii: "}")], to: session)
  }

  private func take(
    _ message: [UInt8], _ envelope: Envelope, for key: String, _ method: Method
  ) {
    guard !isOver, var round else { return }
    let result: [UInt8]
    if let range = envelope.result {
      result = Array(message[range])
    } else if method == .elicitationCreate {
      // Whoever cannot show the question has dismissed it.
      result = Array(#"{"action":"cancel"}"#.utf8)
    } else {
      return giveUp(
        .invalidRequest("the client answered \(method.name) with an error, and the call needs it"))
    }
    let isLast = round.take(result, for: key)
    self.round = round
    if isLast { retry() }
  }

  private func retry() {
    guard let members = round?.members else { return }
    round = nil
    // Each request has an id of its own (2026-07-28, Multi Round-Trip Requests, Client, 3).
    let id = Array("\"retry-\(server.nextNumber())\"".utf8)
    translation.ownID = id
    sendRetry(members, id: id)
  }

  /// On the call's own stream, or else on the session's: whether the client can be reached.
  private func send(_ message: [UInt8], to session: SessionEntry) -> Bool {
    if takesMessages {
      deliver(.message(message))
      return true
    }
    return server.sessionStreams.send(message, of: origin.backend, to: session.token.number)
  }

  func refuse(_ request: ServerRequest, _ error: JSONRPCError) {
    tell(error.body(id: request.id, request: nil))
  }

  /// The call cannot go on.
  func giveUp(_ error: JSONRPCError) {
    cancelAtBackend(error.message)
    deliver(.failed(error))
  }
}
