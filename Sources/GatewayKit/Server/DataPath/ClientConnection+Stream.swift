import NIOCore

/// Event streams that the gateway writes itself: stdio backends' messages, the GET stream, and
/// backends' streams that have to be framed anew.
extension ClientConnection {
  // MARK: Counting

  /// Takes one of the principal's streams before anything is sent; when none is left, the request
  /// is answered so. `finish` gives it back, or `endStream` as soon as the answer is none.
  func reserveStream() -> Bool {
    guard answer.countedStream == nil, let principal = request.caller?.principal else {
      return true
    }
    guard server.streams.begin(principal, limit: limits.streamsPerPrincipal) else {
      refuseStream()
      return false
    }
    answer.countedStream = principal
    return true
  }

  private func refuseStream() {
    let most = "\(limits.streamsPerPrincipal) streams are open, which is the most; close some"
    guard request.envelope?.kind == .request, let call = call() else {
      return reply(
        .error(429, "too_many_streams", "\(most).", headerLines: "retry-after: 1\r\n"))
    }
    var answer = MCPAnswer.error(call, .tooManyRequests(most, retryAfterMilliseconds: 1000))
    answer.retryAfter = 1
    reply(answer)
  }

  /// Whether the answer may well be a stream, so that a place has to be there for it: where the
  /// request asks for messages before its response, or its backend answers with streams anyway.
  func mayStream(_ forward: Forward) -> Bool {
    guard request.envelope?.kind == .request else { return false }
    return asksForMessages
      || loop.peer(forward.backend)?.streamHabit.has(request.era ?? .legacy) == true
  }

  private var asksForMessages: Bool {
    request.envelope?.progressToken != nil || request.envelope?.logLevel != nil
  }

  /// Remembers that the backend answered with a stream.
  func noteStream() {
    guard !asksForMessages, let backend = request.forward?.backend else { return }
    loop.peer(backend)?.streamHabit.note(request.era ?? .legacy)
  }

  /// The answer is a stream, whatever becomes of it here. One that nobody could expect is counted
  /// too, but never refused: its request has been carried out.
  func countStream() {
    guard answer.countedStream == nil, let principal = request.caller?.principal else { return }
    _ = server.streams.begin(principal, limit: .max)
    answer.countedStream = principal
  }

  /// The client gets a stream.
  func beginStream() {
    answer.isEventStream = true
    countStream()
  }

  func endStream() {
    endStreamsOfSession()
    if let principal = answer.countedStream { server.streams.end(principal) }
    answer.countedStream = nil
    answer.isEventStream = false
  }

  /// Nothing that belongs to no call is told here any more.
  private func endStreamsOfSession() {
    guard let stream = answer.openStream else { return }
    answer.openStream = nil
    loop.listening[ObjectIdentifier(self)] = nil
    if let session = request.session {
      server.sessionStreams.remove(stream, of: session.token.number)
    } else {
      server.unsubscribeAll(of: .stream(stream))
    }
  }

  // MARK: Writing

  func startEventStream() {
    var bytes = ByteBuffer()
    answer.isChunked = !request.head.isHTTP10
    if !answer.isChunked { answer.closes = true }
    bytes.writeReserved(upTo: commonBytes) { head in
      head.writeStatusLine(200)
      writeCommonLines(&head)
      head.write(
        "content-type: text/event-stream\r\ncache-control: no-store\r\nx-accel-buffering: no\r\n")
      if answer.isChunked { head.write("transfer-encoding: chunked\r\n") }
      head.write("\r\n")
    }
    answer.pendingHead = nil
    answer.hasBegun = true
    answer.status = 200
    write(bytes)
    // So that a client that loses the connection at once can come back (2025-11-25, Streamable HTTP,
    // Sending Messages, 6).
    if let replay = answer.replay {
      let id = replay.id(answer.replayedTo)
      writeEventBytes(ByteBuffer(string: "id: \(id)\nretry: 1000\ndata: \n\n"))
    }
  }

  /// One message as an event, kept for a client that may come back for it.
  func writeRecorded(_ message: [UInt8], isLast: Bool = false) {
    guard let replay = answer.replay else { return writeEvent(message) }
    writeEvent(
      message, id: replay.id(server.replays.append(message, to: replay, isLast: isLast)))
  }

  /// One message as an event.
  func writeEvent(_ message: [UInt8], id: String? = nil) {
    var bytes = ByteBuffer()
    bytes.reserveCapacity(message.count + 64)
    if let id { bytes.writeString("id: \(id)\n") }
    bytes.writeStaticString("event: message\ndata: ")
    bytes.writeBytes(message)
    bytes.writeStaticString("\n\n")
    writeEventBytes(bytes)
  }

  func writeEventBytes(_ bytes: ByteBuffer) {
    guard bytes.readableBytes > 0 else { return }
    guard answer.isChunked else { return write(bytes) }
    var chunk = ByteBuffer()
    chunk.reserveCapacity(bytes.readableBytes + 16)
    chunk.writeString(String(bytes.readableBytes, radix: 16))
    chunk.writeStaticString("\r\n")
    chunk.writeImmutableBuffer(bytes)
    chunk.writeStaticString("\r\n")
    write(chunk)
  }

  func endEventStream() {
    if answer.isChunked { write(ByteBuffer(string: "0\r\n\r\n")) }
    finish()
  }

  /// A comment keeps proxies from ending a silent stream of ours; a relayed one is the backend's.
  func writeComment() {
    guard answer.isOpenEnded else { return }
    answer.replay?.touch()
    writeEventBytes(ByteBuffer(string: ": keep-alive\n\n"))
  }

  // MARK: Open-ended streams

  func endOpenStream() {
    endListening()
    endStreamsOfSession()
    answer.isOpenEnded = false
    endEventStream()
  }

  // MARK: Ending a session, cancelling a call

  func endSession() {
    guard let session = request.session else { return }
    let sessions = server.mcp.sessions
    run { () async -> HTTPReply in
      do {
        try await sessions.end(session)
        return HTTPReply(status: 204)
      } catch is EndedSessions.Full {
        // 2025-11-25, Streamable HTTP, Session Management, 5: a server may not allow it.
        return .error(
          405, "too_many_ended",
          "More sessions were ended than this gateway keeps in mind; this one ends by itself when it is not used.",
          headerLines: "allow: GET, HEAD, POST\r\n")
      } catch {
        return .error(
          500, "not_saved",
          "The session's end could not be written beside the users' file; see the gateway's log.")
      }
    } then: { connection, reply in
      if reply.status == 204 { connection.recordSession(.sessionEnded) }
      connection.reply(reply)
    }
  }

  /// `notifications/cancelled` goes to the backend that works on that request, and to no other.
  func cancelInFlight(_ envelope: Envelope) {
    guard let session = request.session, let id = request.bodyBytes(envelope.requestID) else {
      return reply(HTTPReply(status: 202))
    }
    let number = session.token.number
    if let call = server.calls.find(CallTable.Key(session: number, id: id)) {
      call.perform { $0.cancelledByClient() }
      return reply(HTTPReply(status: 202))
    }
    let handles = server.loops
    run { () async -> BackendID? in
      for handle in handles {
        let found = try? await handle.perform { $0.backendInFlight(session: number, id: id) }
        if let found { return found }
      }
      return nil
    } then: { connection, backend in
      guard let backend else { return connection.reply(HTTPReply(status: 202)) }
      connection.forward(Forward(backend: backend, splice: nil, isRepeatable: false))
    }
  }

  // MARK: stdio backends

  /// Has a stdio backend work on the request: its one message as JSON, several as a stream.
  func exchange(_ forward: Forward, _ route: RoutingTable.Route) {
    guard let caller = request.caller, let envelope = request.envelope else { return }
    guard let backend = server.backends.backend(forward.backend) else {
      return answerError(.backendUnavailable(forward.backend.name, since: nil))
    }
    let level = logLevel(envelope)
    if let session = request.session {
      let client = ChannelClient(
        session: session.token.number, principal: caller.principal, identity: session.token.client,
        logLevel: session.logLevel)
      return exchange(forward, route, backend, client)
    }
    guard backend.configuration.isolatesSessions,
      let offered = request.bodyBytes(envelope.clientCapabilities)
    else {
      let client = ChannelClient(
        session: nil, principal: caller.principal, identity: .gateway, logLevel: level)
      return exchange(forward, route, backend, client)
    }
    let sessions = server.mcp.sessions
    let key = PoolKey(principal: caller.principal, capabilities: offered)
    // Over one channel nothing says which call a question belongs to.
    let lane = offersInput(offered) ? takeLane(key) : nil
    let info = request.bodyBytes(envelope.clientInfo)
    run { () async -> (SessionEntry, SessionEntry?) in
      let entry = await sessions.pooled(key, info: info)
      guard let lane else { return (entry, nil) }
      return (await sessions.pooled(lane, info: info), entry)
    } then: { connection, entries in
      let client = ChannelClient(
        session: entries.0.token.number, fallback: entries.1?.token.number,
        principal: key.principal, identity: entries.0.token.client, logLevel: level)
      connection.exchange(forward, route, backend, client, in: entries.0)
    }
  }

  private func exchange(
    _ forward: Forward, _ route: RoutingTable.Route, _ backend: Backend, _ client: ChannelClient,
    in pooled: SessionEntry? = nil
  ) {
    guard let envelope = request.envelope, let era = request.era,
      let id = request.bodyBytes(envelope.id)
    else { return }
    var client = client
    client.usesTasks = concernsTask(forward, route)
    let token = request.bodyBytes(envelope.progressToken)
    var translated = RequestTranslation()
    translated.name = forward.splice.map { ($0.range, $0.target.jsonName) }
    let direction: CallTranslation.Direction
    switch (era, route.view.eras.contains(era) || route.view.eras.isEmpty) {
    case (_, true):
      direction = .none
      translated.isWithinEra = true
    case (.legacy, false):
      direction = .toLegacyClient
      translated.meta = request.session?.modernMeta ?? SessionEntry.anonymousMeta
      if let session = request.session {
        translated.meta.append(ReservedMeta.member(session.logLevel ?? .info))
      }
    case (.modern, false):
      guard envelope.requestState == nil else { return answerError(.noLongerWaiting) }
      direction = .toModernClient
    }
    begin(
      forward,
      CallTranslation(
        direction, method: envelope.method, id: id, progressToken: token,
        logLevel: era == .modern ? logLevel(envelope) : request.session?.logLevel,
        serverInfo: direction == .toModernClient ? route.view.catalog?.serverInfo?.bytes : nil),
      translated, capabilities: clientCapabilities, in: pooled,
      over: ChannelCallTransport(backend: backend, client: client, loop: loop))
  }
}
