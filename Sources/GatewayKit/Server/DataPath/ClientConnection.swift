import NIOCore

/// A client's connection: frames its requests, admits them, and writes their answers.
///
/// One request at a time; what a client sends ahead stays in the buffer. Everything here runs on
/// the connection's event loop. What cannot be decided there at once leaves as a value, is served
/// by async code, and comes back by `LoopHandle` (`data-path.md`, The shape, 6).
final class ClientConnection: ChannelInboundHandler, UpstreamReceiver {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Phase {
    /// Between requests, or within a head.
    case head
    /// The head is admitted, the body is arriving.
    case body
    /// The request is whole and being answered.
    case answering
    /// Answered before its body was read: the rest is read away, at most so many bytes.
    case discarding(left: Int)
    /// The last answer is written; what still comes is read away until the client ends.
    case lingering(left: Int)
    case closed
  }

  /// How much of a refused request's body is read away to keep its connection.
  static let discardLimit = 64 * 1024
  /// What a client may send ahead while its request is being answered.
  static let aheadLimit = 256 * 1024
  /// What a client may leave unread of what belongs to no call, before its stream is ended.
  static let backlogLimit = 4 << 20
  static let lingerTime = TimeAmount.seconds(2)
  /// The same while the gateway is stopping, from when the last answer has left.
  static let lastLingerTime = TimeAmount.milliseconds(100)
  static let keepAliveCommentTime = TimeAmount.seconds(20)

  let loop: LoopState
  let server: ServerContext
  let channel: any Channel
  /// What the other end is: a TCP client, or a process at the owner-only socket.
  let peer: ClientPeer
  var phase = Phase.head
  var request: ClientRequest
  var answer = AnswerState()
  var upstream: UpstreamConnection?
  /// The call that the request is, where its messages are looked at one by one.
  var backendCall: CallLink?
  var task: Task<Void, Never>?
  /// Counts requests, so that an answer that comes too late finds no other in its place.
  var serial = 0

  private var context: ChannelHandlerContext?
  private var inbound: ByteBuffer
  private var scannedHeadBytes = 0
  private var deadline: NIODeadline?
  private var isAdvancing = false
  private var isReadPaused = false
  private var lastWrite: NIODeadline
  private var written = 0
  /// How much had left when that was last seen to grow, while something waits for its reader.
  private var sent: (bytes: Int, since: NIODeadline)?
  /// All that was written has left, and the output is closed.
  private var isSent = false

  init(channel: any Channel, loop: LoopState, peer: ClientPeer) {
    self.channel = channel
    self.loop = loop
    self.peer = peer
    server = loop.server
    lastWrite = loop.now
    inbound = loop.noBytes
    request = ClientRequest(noBytes: loop.noBytes)
  }

  func awaits(_ serial: Int) -> Bool { self.serial == serial }

  var limits: Limits { server.configuration.limits }

  // MARK: Channel events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    // Also of a connection that was accepted and never became active.
    if case .tcp = peer { server.connections.end() }
  }

  func channelActive(context: ChannelHandlerContext) {
    loop.readClock()
    loop.connections[ObjectIdentifier(self)] = self
    // Accepted just before the listener was closed.
    if loop.isDraining { abort() }
    deadline = loop.now + loop.times.header
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    loop.readClock()
    var bytes = unwrapInboundIn(data)
    if inbound.readableBytes == 0 {
      inbound = bytes
    } else {
      // What is read already stays in front until it is thrown away.
      if inbound.readerIndex > inbound.readableBytes { inbound.discardReadBytes() }
      inbound.writeBuffer(&bytes)
    }
    advance()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      upstream?.resume()
      backendCall?.resume()
      advance()
    }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    loop.readClock()
    phase = .closed
    serial += 1
    loop.connections[ObjectIdentifier(self)] = nil
    endCall(toldOutcome ?? .gone)
    if loop.logsRequests { logRequest() }
    leaveUpstream()
    leaveCall()
    giveBackLane()
    // Before 2026-07-28 a disconnect must not cancel what the client asked for.
    if request.era != .legacy { task?.cancel() }
    task = nil
    endStream()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  // MARK: Reading

  /// Takes as many steps as the bytes at hand allow.
  func advance() {
    guard !isAdvancing else { return }
    isAdvancing = true
    defer { isAdvancing = false }
    while true {
      switch phase {
      case .head where !channel.isWritable:
        // Who does not read the last answers gets no more of them.
        return pauseReading(behind: Self.aheadLimit)
      case .head:
        resumeReading()
        guard readHead() else { return }
      case .body:
        resumeReading()
        guard readBody() else { return }
      case .answering:
        return pauseReading(behind: Self.aheadLimit)
      case .discarding(let left):
        resumeReading()
        guard discard(left) else { return }
      case .lingering(let left):
        let ahead = inbound.readableBytes
        inbound.clear()
        if ahead > left { abort() } else { phase = .lingering(left: left - ahead) }
        return
      case .closed:
        inbound.clear()
        return
      }
    }
  }

  /// Whether a head was read and something can follow.
  private func readHead() -> Bool {
    guard inbound.readableBytes > 0 else { return false }
    if scannedHeadBytes == 0 { deadline = loop.now + loop.times.header }
    let result = inbound.withUnsafeReadableBytes {
      RequestHeadParser.parse(
        $0, limits: HeadLimits(bytes: limits.headerBytes, lines: limits.headerLines),
        resumingAt: scannedHeadBytes)
    }
    switch result {
    case .incomplete:
      scannedHeadBytes = inbound.readableBytes
      return false
    case .refused(let status, let reason):
      scannedHeadBytes = 0
      request = ClientRequest(noBytes: loop.noBytes)
      reply(
        .error(
          status, "bad_request", "This is not an HTTP request that is served here: \(reason).",
          closes: true))
      return true
    case .head(let head):
      scannedHeadBytes = 0
      serial += 1
      request.id = loop.nextRequestID()
      request.began = loop.now
      request.head = head
      request.headBytes = inbound.readSlice(length: head.length) ?? loop.noBytes
      answer.closes = !head.keepAlive || loop.isDraining
      phase = .answering
      admit()
      return true
    }
  }

  /// The head is admitted and a body belongs to it.
  func expectBody(upTo limit: Int) {
    switch request.head.body {
    case .none, .untilClose:
      phase = .answering
      dispatch()
      return
    case .length(let length):
      guard length <= limit else { return refuseBody(limit) }
    case .chunked:
      request.chunks = ChunkedBody()
    }
    request.bodyLimit = limit
    request.isBodyLate = inbound.readableBytes == 0
    deadline = loop.now + loop.times.body
    phase = .body
    if request.head.expectsContinue {
      write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
    }
  }

  private func refuseBody(_ limit: Int) {
    reply(
      .error(
        413, "body_too_large",
        "The request's body is larger than \(limit) bytes, which is the most here; send less. For /mcp the limit is gateway.limits.bodyBytes.",
        closes: true))
  }

  private func readBody() -> Bool {
    if case .length(let length) = request.head.body {
      guard inbound.readableBytes >= length else { return false }
      request.body = inbound.readSlice(length: length) ?? ByteBuffer()
    } else {
      do {
        guard try readChunks() else { return false }
      } catch {
        reply(
          .error(400, "bad_request", "The request's chunked body is malformed.", closes: true))
        return true
      }
      guard request.body.readableBytes <= request.bodyLimit else {
        refuseBody(request.bodyLimit)
        return true
      }
    }
    deadline = nil
    phase = .answering
    dispatch()
    return true
  }

  /// Whether the chunked body is whole, or larger than it may be.
  private func readChunks() throws -> Bool {
    guard var chunks = request.chunks else { return true }
    let (consumed, isComplete) = try inbound.withUnsafeReadableBytes { raw in
      try chunks.consume(raw) { span in
        if request.body.readableBytes <= request.bodyLimit { request.body.writeBytes(span) }
      }
    }
    request.chunks = chunks
    inbound.moveReaderIndex(forwardBy: consumed)
    return isComplete || request.body.readableBytes > request.bodyLimit
  }

  private func discard(_ left: Int) -> Bool {
    let now = min(left, inbound.readableBytes)
    inbound.moveReaderIndex(forwardBy: now)
    guard now == left else {
      phase = .discarding(left: left - now)
      return false
    }
    startNext()
    return true
  }

  private func pauseReading(behind ahead: Int) {
    guard inbound.readableBytes > ahead, !isReadPaused else { return }
    isReadPaused = true
    try? channel.syncOptions?.setOption(.autoRead, value: false)
  }

  private func resumeReading() {
    guard isReadPaused else { return }
    isReadPaused = false
    try? channel.syncOptions?.setOption(.autoRead, value: true)
  }

  // MARK: Writing

  func write(_ bytes: ByteBuffer) {
    lastWrite = loop.now
    written += bytes.readableBytes
    guard let context else { return }
    context.write(wrapOutboundOut(bytes), promise: nil)
    loop.flushSoon(context)
  }

  /// Writes an answer of the gateway's own, and ends the request.
  func reply(_ reply: HTTPReply) {
    var reply = reply
    if let problem = reply.problem { reply.body = problem.body(request: request.id) }
    answer.status = reply.status
    answer.inspector.add(reply.body.count)
    if request.call != nil, answer.outcome == nil {
      answer.outcome = outcome(of: reply.body, status: reply.status)
    }
    if isInBatch { return captured(reply.body) }
    if reply.closes { answer.closes = true }
    let bodyless = request.head.method == .head || reply.status == 204
    let type = Array((reply.contentType ?? "").utf8)
    let limit = commonBytes + reply.headerLines.count + type.count
    var bytes = ByteBuffer()
    bytes.reserveCapacity(limit + reply.body.count)
    bytes.writeReserved(upTo: limit) { head in
      head.writeStatusLine(reply.status)
      writeCommonLines(&head)
      head.write(reply.headerLines)
      writeRequestID(&head)
      if !type.isEmpty {
        head.write("content-type: ")
        head.write(type)
        head.write("\r\n")
      }
      if reply.status != 204 {
        head.write("content-length: ")
        head.write(decimal: reply.body.count)
        head.write("\r\n")
      }
      head.write("\r\n")
    }
    if !bodyless { bytes.writeBytes(reply.body) }
    write(bytes)
    finish()
  }

  func outcome(of body: [UInt8], status: Int) -> CallOutcome {
    let outcome = body.withUnsafeBytes { AnswerInspector.outcome(of: $0) }
    return outcome == .ok && status >= 400 ? .failed(status: status) : outcome
  }

  /// The most bytes that a head has beside the lines of its own: status, common lines, framing.
  var commonBytes: Int { 640 + (request.allowedOrigin?.count ?? 0) }

  /// The lines that every answer carries, whoever makes it.
  func writeCommonLines(_ head: inout ReservedWriter) {
    head.write(loop.dateLine)
    head.write("x-content-type-options: nosniff\r\n")
    if answer.closes {
      head.write("connection: close\r\n")
    } else if request.head.isHTTP10 {
      head.write("connection: keep-alive\r\n")
    }
    if let origin = request.allowedOrigin {
      head.write("access-control-allow-origin: ")
      head.write(origin)
      head.write(
        "\r\naccess-control-expose-headers: Mcp-Session-Id, WWW-Authenticate, MCP-Protocol-Version\r\nvary: Origin\r\n"
      )
    }
  }

  /// By which the logs know the request.
  func writeRequestID(_ head: inout ReservedWriter) {
    head.write("x-request-id: ")
    head.write(hex: request.id.word, digits: RequestID.digits)
    head.write("\r\n")
  }

  /// The answer is written: on to the next request, or the end.
  func finish() {
    endCall(.ok)
    if loop.logsRequests { logRequest() }
    endStream()
    upstream = nil
    backendCall = nil
    giveBackLane()
    task = nil
    let unread = unreadBody()
    if answer.closes || unread == nil {
      linger()
      return
    }
    if let unread, unread > 0 {
      phase = .discarding(left: unread)
      deadline = loop.now + loop.times.body
      advance()
    } else {
      startNext()
      advance()
    }
  }

  private func giveBackLane() {
    if let lane = request.lane { server.lanes.giveBack(lane) }
    request.lane = nil
  }

  /// How much of the request's body is still to come; nil when that is unknown or too much.
  private func unreadBody() -> Int? {
    if request.isBodyRead { return 0 }
    switch request.head.body {
    case .none, .untilClose: return 0
    case .length(let length): return length <= Self.discardLimit ? length : nil
    case .chunked: return nil
    }
  }

  private func startNext() {
    request = ClientRequest(noBytes: loop.noBytes)
    answer = AnswerState()
    // The channel reads into the same memory again, if nobody else has it.
    if inbound.readableBytes == 0 { inbound = loop.noBytes }
    phase = .head
    deadline = loop.now + loop.times.idle
  }

  /// Ends the connection so that the last answer arrives: a close with unread bytes would reset it.
  private func linger() {
    context?.flush()
    phase = .lingering(left: Self.discardLimit)
    deadline = loop.now + loop.times.idle
    inbound.clear()
    resumeReading()
    let sent = channel.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenComplete { [self] _ in
      isSent = true
      deadline = loop.now + Self.lingerTime
      if loop.isDraining { endLingering() }
    }
    channel.close(mode: .output, promise: sent)
  }

  /// A gateway that stops waits for its last answers to leave, and not for clients to hang up.
  private func endLingering() {
    loop.eventLoop.assumeIsolated().scheduleTask(in: Self.lastLingerTime) { [self] in
      if case .lingering = phase { abort() }
    }
  }

  // MARK: Time and end

  func checkDeadline(_ now: NIODeadline) {
    let bytes = channel.isWritable ? 0 : unsentBytes
    guard bytes == 0 else { return checkProgress(now, written - bytes) }
    sent = nil
    if answer.isEventStream, now - lastWrite > Self.keepAliveCommentTime { writeComment() }
    guard let deadline, now > deadline else { return }
    self.deadline = nil
    switch phase {
    case .head where scannedHeadBytes > 0, .body:
      reply(
        .error(
          408, "request_timeout", "The request did not arrive within its time limit.", closes: true
        ))
    case .head, .discarding, .lingering:
      abort()
    case .answering, .closed:
      break
    }
  }

  /// While an answer waits for its reader no other time limit counts: only that the reader takes
  /// something of it within the time that a connection may be idle.
  private func checkProgress(_ now: NIODeadline, _ bytes: Int) {
    guard let sent, sent.bytes == bytes else {
      self.sent = (bytes, now)
      return
    }
    if now - sent.since > loop.times.idle { abort() }
  }

  /// The gateway is stopping: no further request on this connection.
  func drain() {
    answer.closes = true
    switch phase {
    case .head where inbound.readableBytes == 0:
      // A slow client may still be reading its last answer.
      if unsentBytes > 0 { linger() } else { abort() }
    case .discarding: linger()
    case .lingering where isSent: endLingering()
    case .answering where answer.isOpenEnded: endOpenStream()
    default: break
    }
  }

  /// The client reads too slowly for what nobody can be made to wait with.
  var isOverrun: Bool { !channel.isWritable && unsentBytes > Self.backlogLimit }

  private var unsentBytes: Int {
    (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  /// The gateway stops and waits no longer.
  func stop() {
    if answer.outcome == nil { answer.outcome = .ended(.gatewayStopped) }
    abort()
  }

  func abort() {
    serial += 1
    endCall(toldOutcome ?? .gone)
    phase = .closed
    channel.close(promise: nil)
  }
}
