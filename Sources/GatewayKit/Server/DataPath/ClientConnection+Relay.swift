import NIOCore

/// A backend's answer on its way to the client: a new head, the body's bytes as they come.
extension ClientConnection {
  func upstreamStarted(_ connection: UpstreamConnection) {
    upstream = connection
  }

  /// Whether the body is wanted without its chunk framing: an HTTP/1.0 client knows no chunks,
  /// and an event stream that is being looked at is framed anew.
  var wantsPayload: Bool {
    request.head.isHTTP10 || answer.unwrapping != nil || answer.isReframed || answer.capture != nil
      || answer.refusal != nil
  }

  func upstreamHead(_ head: ResponseHead, _ bytes: ByteBuffer) {
    if head.status == 404, let lost = losableSession {
      abandonUpstream()
      return remake(lost.session, lost.link)
    }
    if head.status == 400, !head.isEventStream, request.envelope?.kind == .request,
      losableSession != nil
    {
      answer.refusal = AnswerState.Refusal(head: head, bytes: bytes)
      return
    }
    if let error = refusedByBackend(head) {
      abandonUpstream()
      answerError(error)
      return
    }
    if [400, 404, 405].contains(head.status), let forward = request.forward {
      server.backends.backend(forward.backend)?.doubtEra()
    }
    if head.isEventStream, looksIntoStream { return adoptStream(head, bytes) }
    answer.backendHead = AnswerState.BackendHead(
      status: head.status, isEventStream: head.isEventStream, isChunked: head.body == .chunked)
    if head.isEventStream {
      noteStream()
      countStream()
    } else {
      endStream()
    }
    if isInBatch { return beginCapture(head) }
    if head.isEventStream {
      if acceptsEventStream {
        answer.isEventStream = true
      } else {
        answer.unwrapping = EventStreamUnwrapper()
      }
    }
    writeHead(head, bytes)
  }

  /// - Parameter length: of the body, where it is whole already.
  private func writeHead(_ head: ResponseHead, _ bytes: ByteBuffer, length: Int? = nil) {
    var body = length.map { .length($0) } ?? head.body
    if request.head.isHTTP10, body == .chunked { body = .untilClose }
    if case .untilClose = body, answer.unwrapping == nil { answer.closes = true }
    let limit = commonBytes + bytes.readableBytes
    var out = ByteBuffer()
    // With room for a small body, which goes out in the same write.
    if case .length(let length) = body { out.reserveCapacity(limit + min(length, 4096)) }
    out.writeReserved(upTo: limit) { out in
      out.writeStatusLine(head.status)
      writeCommonLines(&out)
      bytes.withUnsafeReadableBytes { raw in
        head.forEachLine(in: raw) { name, line in
          if ForwardedHeader.isForwarded(name) { out.write(line) }
        }
      }
      switch body {
      case .none:
        if head.status != 204, head.status != 304 { out.write("content-length: 0\r\n") }
      case .length(let length):
        out.write("content-length: ")
        out.write(decimal: length)
        out.write("\r\n")
      case .chunked: out.write("transfer-encoding: chunked\r\n")
      case .untilClose: break
      }
      if head.isEventStream { out.write("x-accel-buffering: no\r\n") }
      out.write("\r\n")
    }
    answer.status = head.status
    answer.pendingHead = out
  }

  func upstreamBody(_ bytes: ByteBuffer) {
    if answer.refusal != nil { return hold(bytes) }
    answer.inspector.take(bytes)
    if answer.capture != nil { return capture(bytes, isLast: false) }
    if answer.unwrapping != nil {
      unwrap(bytes, isLast: false)
      return
    }
    send(bytes)
    if !channel.isWritable { upstream?.pause() }
  }

  func upstreamEnd(_ bytes: ByteBuffer) {
    upstream = nil
    if answer.refusal != nil {
      hold(bytes)
      return settleRefusal()
    }
    if request.call != nil, answer.outcome == nil { answer.outcome = backendOutcome(bytes) }
    if answer.capture != nil { return capture(bytes, isLast: true) }
    if answer.unwrapping != nil {
      unwrap(bytes, isLast: true)
      return
    }
    send(bytes)
    if answer.isReframed { endEventStream() } else { finish() }
  }

  private func backendOutcome(_ last: ByteBuffer) -> CallOutcome {
    guard let head = answer.backendHead else { return .ok }
    let outcome = answer.inspector.outcome(
      last, isEventStream: head.isEventStream, isChunked: head.isChunked && !wantsPayload)
    return outcome == .ok && head.status >= 400 ? .failed(status: head.status) : outcome
  }

  /// What the client knows already of a stream that is ended before its end: many close theirs as soon
  /// as they have the response.
  var toldOutcome: CallOutcome? {
    guard answer.hasBegun, let head = answer.backendHead, head.isEventStream else { return nil }
    return answer.inspector.toldOutcome(isChunked: head.isChunked && !wantsPayload)
  }

  private func send(_ bytes: ByteBuffer) {
    if answer.isReframed { return writeEventBytes(bytes) }
    guard var head = answer.pendingHead else {
      if bytes.readableBytes > 0 { write(bytes) }
      return
    }
    answer.pendingHead = nil
    answer.hasBegun = true
    head.writeImmutableBuffer(bytes)
    write(head)
  }

  func upstreamFailed(_ failure: UpstreamFailure) {
    upstream = nil
    guard !answer.hasBegun else {
      answer.outcome = toldOutcome ?? .broken
      abort()
      return
    }
    answer.pendingHead = nil
    answer.refusal = nil
    answer.unwrapping = nil
    answer.inspector = AnswerInspector()
    let name = request.forward?.backend.name ?? ""
    let seconds = request.forward.flatMap { loop.peer($0.backend) }?.firstByteTime.nanoseconds ?? 0
    switch failure {
    case .timedOut:
      answerError(.backendTimedOut(name, seconds: Int(seconds / 1_000_000_000)))
    case .unreachable, .closedEarly, .badAnswer:
      let since = request.forward.flatMap { loop.routes.route($0.backend)?.view.since }
      answerError(.backendUnavailable(name, since: since))
    }
  }

  /// The backend's connection reads its answer away, or ends, without this client.
  func abandonUpstream() {
    upstream?.abandon()
    upstream = nil
  }

  /// The client has gone, or gets another answer; a stream that goes on without it stays counted.
  func leaveUpstream() {
    if upstream?.clientGone(countedAs: answer.countedStream) == true { answer.countedStream = nil }
    upstream = nil
  }

  // MARK: Answers that are not passed on

  /// The session at the backend that the request is in, if it may be sent again on a new one: once.
  private var losableSession: (session: SessionEntry, link: SessionEntry.Link)? {
    guard let forward = request.forward, !forward.isRemade, let session = request.session,
      let link = session.link(forward.backend), link.session.id != nil
    else { return nil }
    return (session, link)
  }

  /// The backend no longer knows its session: nothing was done, so that the request may be sent
  /// again on a new one (2025-11-25, Streamable HTTP, Session Management, 3).
  func remake(_ session: SessionEntry, _ lost: SessionEntry.Link) {
    request.forward?.isRemade = true
    if loop.routes.route(lost.backend)?.view.configuration.onLostSession == .end {
      return endLostSession(session)
    }
    record(.sessionRemade, [("backend", lost.backend.name)])
    link(session, to: lost.backend, replacing: lost.session.id)
  }

  /// Many servers say by 400 that they know no such session, where 404 is due: only the body tells that
  /// from another refusal.
  private func hold(_ bytes: ByteBuffer) {
    answer.refusal?.body.writeImmutableBuffer(bytes)
    guard let refusal = answer.refusal, refusal.body.readableBytes > AnswerState.Refusal.limit,
      let backend = request.forward?.backend
    else { return }
    answer.refusal = nil
    abandonUpstream()
    answerError(.backendUnavailable(backend.name, since: loop.routes.route(backend)?.view.since))
  }

  private func settleRefusal() {
    guard let refusal = answer.refusal else { return }
    answer.refusal = nil
    let body = Array(refusal.body.readableBytesView)
    if JSONRPCMessage.saysSessionLost(body), let lost = losableSession {
      return remake(lost.session, lost.link)
    }
    if let forward = request.forward { server.backends.backend(forward.backend)?.doubtEra() }
    if request.call != nil { answer.outcome = outcome(of: body, status: refusal.head.status) }
    if isInBatch { return captured(body) }
    answer.inspector.take(refusal.body)
    writeHead(refusal.head, refusal.bytes, length: refusal.body.readableBytes)
    send(refusal.body)
    finish()
  }

  /// The client's session goes with the backend's, and the client begins anew.
  private func endLostSession(_ session: SessionEntry) {
    let sessions = server.mcp.sessions
    run {
      try? await sessions.end(session)
    } then: { connection, _ in
      connection.recordSession(.sessionEnded)
      connection.reply(connection.unknownSession)
    }
  }

  /// A backend that refuses the gateway's own credential, or sends it elsewhere, is a fault
  /// between the two: a client that saw the status would take it for its own.
  private func refusedByBackend(_ head: ResponseHead) -> JSONRPCError? {
    guard head.refusesGateway, let backend = request.forward?.backend else { return nil }
    loop.peer(backend)?.recordFailure(.refused(status: head.status))
    return .backendUnavailable(backend.name, since: loop.routes.route(backend)?.view.since)
  }

  // MARK: JSON for who did not ask for a stream

  var acceptsEventStream: Bool {
    guard let range = request.head.accept else { return false }
    return request.headBytes.withUnsafeReadableBytes { bytes in
      Token.accepts(UnsafeRawBufferPointer(rebasing: bytes[range]), "text/event-stream")
    }
  }

  private func unwrap(_ bytes: ByteBuffer, isLast: Bool) {
    guard var unwrapper = answer.unwrapping else { return }
    let found = unwrapper.take(bytes, isLast: isLast)
    answer.unwrapping = unwrapper
    switch found {
    case .needsMore:
      return
    case .message(let json):
      answer.unwrapping = nil
      answer.pendingHead = nil
      if !isLast { abandonUpstream() }
      answer.inspector = AnswerInspector()
      reply(HTTPReply(status: 200, json: json))
    case .stream(let all):
      // More than one message: it has to be a stream, framed anew from the start.
      answer.unwrapping = nil
      answer.isReframed = true
      beginStream()
      startEventStream()
      writeEventBytes(all)
      if isLast { endEventStream() }
    }
  }
}
