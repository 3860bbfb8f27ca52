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
    if let principal = answer.countedStream { server.streams.end(principal) }
    answer.countedStream = nil
    answer.isEventStream = false
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
  }

  /// One message as an event.
  func writeEvent(_ message: [UInt8]) {
    var bytes = ByteBuffer()
    bytes.reserveCapacity(message.count + 32)
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
    writeEventBytes(ByteBuffer(string: ": keep-alive\n\n"))
  }

  // MARK: The GET stream

  /// Messages that belong to no call. None are relayed yet: the stream is there because clients
  /// take its absence for a fault.
  func openStream() {
    guard acceptsEventStream else {
      return reply(
        .error(406, "not_acceptable", "The GET stream is text/event-stream; say so in Accept."))
    }
    guard reserveStream() else { return }
    beginStream()
    answer.isOpenEnded = true
    startEventStream()
  }

  func endOpenStream() {
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
    server.exchanges.cancel(session: number, id: id)
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
  func exchange(_ forward: Forward) {
    guard let call = call() else { return }
    guard let backend = server.backends.backend(forward.backend) else {
      return answerError(.backendUnavailable(forward.backend.name, since: nil))
    }
    var body = request.body.withUnsafeReadableBytes { Array($0) }
    if let splice = forward.splice {
      body.replaceSubrange(splice.range, with: splice.target.jsonName)
    }
    // With another name in it the ranges are others.
    guard
      let envelope = body.withUnsafeBytes({
        try? EnvelopeScanner.scan($0, maximumDepth: limits.jsonDepth)
      })
    else { return answerError(.invalidRequest("it does not scan with its backend's name")) }
    let sent = body
    let serial = serial
    let eventLoop = loop.eventLoop
    let back = NIOLoopBound(self, eventLoop: eventLoop)
    let exchanges = server.exchanges
    let key = call.session.flatMap { session in
      call.id.map { ExchangeTable.Key(session: session.token.number, id: $0) }
    }
    let work = Task {
      var failure: (any Error)?
      do {
        let messages = try await backend.exchange(sent, era: call.era, envelope: envelope)
        for try await message in messages {
          let isOn = try await eventLoop.flatSubmit { () -> EventLoopFuture<Bool> in
            let connection = back.value
            guard connection.serial == serial else { return eventLoop.makeSucceededFuture(false) }
            return connection.exchanged(message)
          }.get()
          if !isOn, call.era == .modern { break }
        }
      } catch {
        failure = error
      }
      if let key { exchanges.remove(key) }
      let rpcError = failure.map {
        BackendError.wrapping($0, backend: forward.backend.name).rpcError
      }
      eventLoop.execute {
        let connection = back.value
        guard connection.serial == serial else { return }
        connection.loop.readClock()
        connection.exchangeEnded(rpcError)
      }
    }
    task = work
    if let key { exchanges.add(key, work) }
  }

  /// One message of the exchange. The future tells when it is written, and whether to go on.
  private func exchanged(_ message: [UInt8]) -> EventLoopFuture<Bool> {
    let isResponse = JSONRPCMessage.isResponse(message)
    if isResponse { answer.outcome = message.withUnsafeBytes { AnswerInspector.outcome(of: $0) } }
    if isResponse, !answer.hasBegun {
      answer.finalMessage = message
      return loop.eventLoop.makeSucceededFuture(true)
    }
    if isInBatch { return loop.eventLoop.makeSucceededFuture(true) }
    if !answer.hasBegun {
      beginStream()
      startEventStream()
    }
    answer.inspector.add(message.count)
    writeEvent(message)
    let written = loop.eventLoop.makePromise(of: Void.self)
    channel.pipeline.syncOperations.writeAndFlush(NIOAny(ByteBuffer()), promise: written)
    return written.futureResult.map { true }
  }

  private func exchangeEnded(_ error: JSONRPCError?) {
    if answer.hasBegun {
      if error != nil { answer.outcome = .broken }
      if error == nil { endEventStream() } else { abort() }
    } else if let message = answer.finalMessage {
      reply(HTTPReply(status: modernStatus(of: message), json: message))
    } else {
      answerError(error ?? .backendUnavailable(request.forward?.backend.name ?? "", since: nil))
    }
  }

  /// A modern error has the status that belongs to it over HTTP, which stdio does not tell.
  private func modernStatus(of message: [UInt8]) -> Int {
    guard request.era == .modern, let code = JSONRPCMessage.errorCode(message) else { return 200 }
    return JSONRPCError.httpStatus(ofCode: code)
  }
}
