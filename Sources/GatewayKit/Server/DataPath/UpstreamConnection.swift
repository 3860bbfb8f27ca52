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
    guard let client = request.client, !client.isClosed else { return close() }
    guard let context else {
      close()
      return client.upstreamFailed(.unreachable)
    }
    let bytes = request.bytes
    request.attempts += 1
    self.request = request
    phase = .head
    deadline = loop.now + peer.firstByteTime
    client.upstreamStarted(self)
    context.write(wrapOutboundOut(bytes), promise: nil)
    loop.flushSoon(context)
  }

  /// The client has gone: a modern one's request is cancelled by ending the connection, a legacy
  /// one's goes on and its answer is read away (2025-11-25 and before: a disconnect is no
  /// cancellation).
  func clientGone() {
    guard let request else { return }
    if request.era == .modern {
      close()
      return
    }
    self.request?.client = nil
    resume()
  }

  /// The client wants none of this answer: it is read away, for the connection's sake.
  func abandon() {
    request?.client = nil
    resume()
    deadline = loop.now + peer.firstByteTime
    if isStream { close() }
  }

  func pause() {
    guard !isPaused else { return }
    isPaused = true
    try? channel.syncOptions?.setOption(.autoRead, value: false)
  }

  func resume() {
    guard isPaused else { return }
    isPaused = false
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
    let client = request?.client
    request = nil
    close()
    peer.recordFailure(.timedOut)
    client?.upstreamFailed(.timedOut)
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
        head.moveReaderIndex(forwardBy: answer.length)
      case .head(let answer):
        deadline = nil
        keepAlive = answer.keepAlive
        isStream = answer.isEventStream
        let headBytes = head.readSlice(length: answer.length) ?? ByteBuffer()
        let rest = head.slice()
        head = ByteBuffer()
        peer.recordSuccess()
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
      if !isStream { deadline = loop.now + peer.firstByteTime }
      request?.client?.upstreamBody(bytes)
      return
    }
    let client = request?.client
    request = nil
    deadline = nil
    phase = .idle
    resume()
    // Back into the pool first: the client may have its next request at hand already.
    if keepAlive { peer.park(self) } else { close() }
    client?.upstreamEnd(bytes)
  }

  private func fail(_ failure: UpstreamFailure) {
    let client = request?.client
    request = nil
    close()
    if case .badAnswer(let reason) = failure { peer.recordFailure(.badAnswer(reason)) }
    client?.upstreamFailed(failure)
  }

  func channelInactive(context: ChannelHandlerContext) {
    let ended = phase
    let request = request
    phase = .closed
    self.request = nil
    peer.remove(self)
    switch ended {
    case .idle, .closed:
      break
    case .untilClose:
      request?.client?.upstreamEnd(ByteBuffer())
    case .head
    where request?.isRepeatable == true && request?.attempts == 1
      && request?.client != nil:
      if let request { peer.send(request) }
    case .head, .length, .chunked:
      peer.recordFailure(.closedEarly)
      request?.client?.upstreamFailed(.closedEarly)
    }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What ends a connection is told by `channelInactive`; a TLS failure has its text here.
    if case .closed = phase { return }
    if case .idle = phase { return close() }
    peer.recordFailure(error)
    let client = request?.client
    request = nil
    close()
    client?.upstreamFailed(.unreachable)
  }
}
