import NIOCore

/// A connection to a backend: one request at a time, its answer's bytes handed to the client.
///
/// Only the head of an answer is parsed. The body goes on in its own framing, which is followed
/// just far enough to know where it ends.
final class UpstreamConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    case idle
    case head
    /// The rest of the body, by its framing.
    case length(Int)
    case chunked(ChunkedBody)
    case untilClose
    case closed
  }

  private let channel: any Channel
  private let peer: BackendPeer
  private let loop: LoopState
  private var context: ChannelHandlerContext?
  private(set) var request: UpstreamRequest?
  var idleSince: NIODeadline
  /// Where the peer keeps it among the busy ones.
  var place: Int?
  private var phase = Phase.idle
  private var head = ByteBuffer()
  private var keepAlive = true
  private var deadline: NIODeadline?
  private var isPaused = false
  /// Whether the answer is an event stream, which may be silent for as long as it likes.
  private var isStream = false
  /// The answers of status 1xx before the one that counts.
  private var interimAnswers = 0

  /// More of them than any backend has reason to send.
  private static let interimLimit = 16
  /// How long a stream that nobody reads any more may go on.
  private static let orphanTime = TimeAmount.minutes(10)

  init(channel: any Channel, peer: BackendPeer, loop: LoopState) {
    self.channel = channel
    self.peer = peer
    self.loop = loop
    idleSince = loop.now
  }

  var isUsable: Bool {
    if case .idle = phase { return channel.isActive }
    return false
  }

  // MARK: From the client's side

  func start(_ request: consuming UpstreamRequest) {
    guard let client = request.client, request.isAwaited else { return close() }
    guard let context else {
      close()
      return client.upstreamFailed(.unreachable)
    }
    let bytes = request.bytes
    request.attempts += 1
    self.request = request
    phase = .head
    isStream = false
    interimAnswers = 0
    deadline = loop.now + peer.firstByteTime
    client.upstreamStarted(self)
    context.write(wrapOutboundOut(bytes), promise: nil)
    loop.flushSoon(context)
  }

  /// The client has gone: a modern one's request is cancelled by ending the connection, a legacy
  /// one's goes on and its answer is read away (2025-11-25 and before: a disconnect is no
  /// cancellation).
  ///
  /// - Returns: whether the stream stays counted here, until it has ended.
  func clientGone(countedAs principal: Principal?) -> Bool {
    guard let request else { return false }
    if request.era == .modern {
      close()
      return false
    }
    self.request?.client = nil
    self.request?.countedStream = principal
    resume()
    if case .head = phase { return principal != nil }
    beginOrphan()
    return principal != nil
  }

  /// The answer has begun, and nobody reads it any more.
  private func beginOrphan() {
    deadline = loop.now + (isStream ? Self.orphanTime : peer.firstByteTime)
    guard isStream, let request, request.countedStream == nil, let principal = request.principal
    else { return }
    _ = loop.server.streams.begin(principal, limit: .max)
    self.request?.countedStream = principal
    // Nobody had kept a place for it: the next one is expected.
    peer.streamHabit.note(request.era)
  }

  /// Another gets the rest of the answer.
  func handOver(to receiver: any UpstreamReceiver) { request?.client = receiver }

  /// The client wants none of this answer: it is read away, for the connection's sake.
  func abandon() {
    leave()
    if isStream { close() }
  }

  /// The client has all that it waited for: the rest may take as long as a first byte may.
  func leave() {
    request?.client = nil
    resume()
    deadline = loop.now + peer.firstByteTime
  }

  func pause() {
    guard !isPaused else { return }
    isPaused = true
    // It is the client now that takes its time.
    deadline = nil
    try? channel.syncOptions?.setOption(.autoRead, value: false)
  }

  func resume() {
    guard isPaused else { return }
    isPaused = false
    if request != nil, !isStream { deadline = loop.now + peer.firstByteTime }
    try? channel.syncOptions?.setOption(.autoRead, value: true)
  }

  func close() {
    if case .closed = phase { return }
    phase = .closed
    peer.remove(self)
    channel.close(promise: nil)
  }

  func checkDeadline(_ now: NIODeadline) {
    guard let deadline, now > deadline else { return }
    self.deadline = nil
    let client = endRequest()?.client
    close()
    // A stream that outlives its client is no fault of the backend.
    guard !isStream else { return }
    peer.recordFailure(.timedOut)
    client?.upstreamFailed(.timedOut)
  }

  private func endRequest() -> UpstreamRequest? {
    defer { request = nil }
    if let principal = request?.countedStream { loop.server.streams.end(principal) }
    return request
  }

  // MARK: From the backend's side

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    loop.readClock()
    var bytes = unwrapInboundIn(data)
    switch phase {
    case .idle:
      // A backend that speaks unasked: the connection is of no use.
      close()
    case .head:
      if head.readableBytes == 0 { head = bytes } else { head.writeBuffer(&bytes) }
      readHead()
    case .length, .chunked, .untilClose:
      readBody(bytes)
    case .closed:
      break
    }
  }

  private func readHead() {
    while true {
      let result = head.withUnsafeReadableBytes {
        ResponseHeadParser.parse($0, limits: HeadLimits(), requestWasHead: false)
      }
      switch result {
      case .incomplete:
        return
      case .refused(_, let reason):
        fail(.badAnswer(reason))
        return
      case .head(let answer) where answer.status < 200:
        guard answer.status != 101 else { return fail(.badAnswer("it switched protocols")) }
        interimAnswers += 1
        guard interimAnswers <= Self.interimLimit else {
          return fail(.badAnswer("it sends interim answers without end"))
        }
        head.moveReaderIndex(forwardBy: answer.length)
      case .head(let answer):
        keepAlive = answer.keepAlive
        isStream = answer.isEventStream
        deadline = nil
        if request?.client == nil { beginOrphan() }
        let headBytes = head.readSlice(length: answer.length) ?? ByteBuffer()
        let rest = head.slice()
        head = ByteBuffer()
        if !answer.refusesGateway { peer.recordSuccess() }
        switch answer.body {
        case .none: phase = .length(0)
        case .length(let length): phase = .length(length)
        case .chunked: phase = .chunked(ChunkedBody())
        case .untilClose: phase = .untilClose
        }
        request?.client?.upstreamHead(answer, headBytes)
        readBody(rest)
        return
      }
    }
  }

  private func readBody(_ bytes: ByteBuffer) {
    var bytes = bytes
    switch phase {
    case .length(let left):
      guard bytes.readableBytes <= left else {
        return fail(.badAnswer("more came than was announced"))
      }
      let rest = left - bytes.readableBytes
      phase = .length(rest)
      deliver(bytes, isLast: rest == 0)
    case .chunked(var framing):
      let client = request?.client
      let wantsPayload = client?.wantsPayload ?? false
      var payload = ByteBuffer()
      do {
        let (consumed, isComplete) = try bytes.withUnsafeReadableBytes { raw in
          try framing.consume(raw) { span in
            if wantsPayload { payload.writeBytes(span) }
          }
        }
        guard !isComplete || consumed == bytes.readableBytes else {
          return fail(.badAnswer("more came than was announced"))
        }
        phase = .chunked(framing)
        deliver(wantsPayload ? payload : bytes, isLast: isComplete)
      } catch {
        fail(.badAnswer("its chunks are malformed"))
      }
    case .untilClose:
      deliver(bytes, isLast: false)
    case .idle, .head, .closed:
      bytes.clear()
    }
  }

  private func deliver(_ bytes: ByteBuffer, isLast: Bool) {
    guard isLast else {
      // What is only read away does not get more time by every byte.
      if !isStream, !isPaused, request?.client != nil { deadline = loop.now + peer.firstByteTime }
      request?.client?.upstreamBody(bytes)
      return
    }
    let isSent = isRequestSent
    let client = endRequest()?.client
    deadline = nil
    phase = .idle
    resume()
    // Back into the pool first: the client may have its next request at hand already.
    if keepAlive, isSent { peer.park(self) } else { close() }
    client?.upstreamEnd(bytes)
  }

  /// A backend may answer before it has read a large request: the next one would stand behind the
  /// rest of it. What is smaller than the kernel's buffer has left whole.
  private var isRequestSent: Bool {
    guard let request, request.bytes.readableBytes > 4096 else { return true }
    return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) == 0
  }

  private func fail(_ failure: UpstreamFailure) {
    let client = endRequest()?.client
    close()
    if case .badAnswer(let reason) = failure { peer.recordFailure(.badAnswer(reason)) }
    client?.upstreamFailed(failure)
  }

  /// Whether its request may be sent once more on another connection.
  private var mayRepeat: Bool {
    request?.isRepeatable == true && request?.attempts == 1 && request?.isAwaited == true
  }

  func channelInactive(context: ChannelHandlerContext) {
    let ended = phase
    let mayRepeat = mayRepeat
    let request = endRequest()
    phase = .closed
    peer.remove(self)
    switch ended {
    case .idle, .closed:
      break
    case .untilClose:
      request?.client?.upstreamEnd(ByteBuffer())
    case .head where mayRepeat:
      if let request { peer.send(request) }
    case .head, .length, .chunked:
      // A stream that belongs to no call may end as it likes.
      if !isStream || request?.principal != nil { peer.recordFailure(.closedEarly) }
      request?.client?.upstreamFailed(.closedEarly)
    }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What ends a connection is told by `channelInactive`; a TLS failure has its text here.
    if case .closed = phase { return }
    if case .idle = phase { return close() }
    if case .head = phase, mayRepeat { return context.close(promise: nil) }
    peer.recordFailure(error)
    let client = endRequest()?.client
    close()
    client?.upstreamFailed(.unreachable)
  }
}
