import NIOCore

/// A call's way to an HTTP backend: an exchange for each round, and requests of their own for what the
/// client says to questions.
final class HTTPCallTransport: CallTransport {
  /// The most times that one stream is taken up again.
  private static let resumptionLimit = 1000

  let loop: LoopState
  let peer: BackendPeer
  let era: ProtocolVersion.Era
  /// The lines that name the version, the session and the operation.
  private let headerLines: [UInt8]
  /// Whether the call's request may be sent twice.
  private let isRepeatable: Bool
  /// The call and this hold each other until the call is over.
  private var call: BackendCall?
  private var exchange: HTTPExchange?
  private var resumptions = 0
  /// Called when the backend no longer knows its session; whether the request is sent again.
  private let onLostSession: (() -> Bool)?

  init(
    peer: BackendPeer, era: ProtocolVersion.Era, headerLines: [UInt8], isRepeatable: Bool,
    loop: LoopState, onLostSession: (() -> Bool)? = nil
  ) {
    self.peer = peer
    self.era = era
    self.headerLines = headerLines
    self.isRepeatable = isRepeatable
    self.loop = loop
    self.onLostSession = onLostSession
  }

  // MARK: Sending

  func send(_ request: [UInt8], of call: BackendCall) {
    self.call = call
    exchange?.finish()
    let exchange = HTTPExchange(self, events: EventStreamParser())
    self.exchange = exchange
    send(peer.post(request, headerLines), to: exchange, isRepeatable: isRepeatable)
  }

  /// Takes over an answer that has begun; its head comes next.
  func adopt(_ connection: UpstreamConnection, of call: BackendCall) -> HTTPExchange {
    self.call = call
    let exchange = HTTPExchange(self, events: EventStreamParser())
    self.exchange = exchange
    exchange.upstreamStarted(connection)
    connection.handOver(to: exchange)
    return exchange
  }

  func tell(_ message: [UInt8]) {
    peer.tell(message, headerLines, of: call?.origin.caller.principal, era: era)
  }

  private func send(_ bytes: ByteBuffer, to exchange: HTTPExchange, isRepeatable: Bool) {
    peer.send(
      UpstreamRequest(
        bytes: bytes, client: exchange, isRepeatable: isRepeatable,
        principal: call?.origin.caller.principal, era: era, session: nil, id: nil))
  }

  func pause() { exchange?.pause() }

  func resume() { exchange?.resume() }

  func cancel(_ id: [UInt8], reason: String) {
    call = nil
    if era == .legacy {
      var message = Array(
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"#.utf8)
      message += id
      message += Array(#","reason":"#.utf8)
      writeJSONString(reason.utf8, into: &message)
      tell(message + Array("}}".utf8))
    }
    // At 2026-07-28 the end of the connection is the cancellation.
    exchange?.close()
    exchange = nil
  }

  func finish() {
    exchange?.finish()
    call = nil
  }

  // MARK: From exchanges

  func isCurrent(_ exchange: HTTPExchange) -> Bool { self.exchange === exchange && call != nil }

  /// A message of the answer; whether it was the response.
  func received(_ message: [UInt8]) -> Bool { call?.received(message) ?? true }

  func lostSession() -> Bool {
    // Where a stream is taken up again the call has been begun, and may have been done.
    guard resumptions == 0, let onLostSession, onLostSession() else { return false }
    call = nil
    return true
  }

  func failed(_ failure: UpstreamFailure) {
    let name = peer.configuration.name
    let error: JSONRPCError =
      switch failure {
      case .timedOut:
        .backendTimedOut(name, seconds: Int(peer.firstByteTime.nanoseconds / 1_000_000_000))
      case .unreachable, .closedEarly, .badAnswer:
        .backendUnavailable(name, since: loop.routes.route(peer.id)?.view.since)
      }
    let call = self.call
    self.call = nil
    exchange = nil
    call?.failed(error)
  }

  /// A server of 2025-11-25 may end a stream before its response, and have its client come back for
  /// the rest (2025-11-25, Streamable HTTP, Resumability and Redelivery).
  ///
  /// - Returns: whether that will be done.
  func resumeStream(_ events: EventStreamParser) -> Bool {
    guard era == .legacy, let last = events.lastEventID, resumptions < Self.resumptionLimit,
      call != nil
    else { return false }
    resumptions += 1
    let exchange = HTTPExchange(self, events: EventStreamParser(after: last))
    self.exchange = exchange
    let wait = TimeAmount.milliseconds(Int64(min(events.retry ?? 1000, 60_000)))
    loop.eventLoop.assumeIsolated().scheduleTask(in: wait) { [self] in
      guard isCurrent(exchange) else { return }
      loop.readClock()
      send(peer.get(headerLines, after: last), to: exchange, isRepeatable: true)
    }
    return true
  }
}
