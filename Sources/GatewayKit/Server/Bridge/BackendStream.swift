import NIOCore

/// The stream on which a legacy backend tells one session what belongs to no call: its questions, where
/// it does not say for which call they are, log messages, and what extensions have.
final class BackendStream: UpstreamReceiver {
  private static let shortestWait = TimeAmount.seconds(1)
  private static let longestWait = TimeAmount.seconds(60)

  let session: SessionEntry
  let link: SessionEntry.Link
  private let loop: LoopState
  let peer: BackendPeer
  private var upstream: UpstreamConnection?
  private var events = EventStreamParser()
  private var isStream = false
  private var isEnded = false
  private var wait = BackendStream.shortestWait
  /// Kept once it is known whether there is a stream.
  private let settled: EventLoopPromise<Void>
  /// The questions that wait for the client: the backend's id of each, and the client's.
  private var asked: [[UInt8]: [UInt8]] = [:]

  init(_ session: SessionEntry, _ link: SessionEntry.Link, _ peer: BackendPeer, _ loop: LoopState) {
    self.session = session
    self.link = link
    self.peer = peer
    self.loop = loop
    settled = loop.eventLoop.makePromise()
  }

  /// Done once the backend has somewhere to ask, or will have nothing.
  var isSettled: EventLoopFuture<Void> { settled.futureResult }

  private var server: ServerContext { loop.server }
  private var number: SessionNumber { session.token.number }
  private var callsKey: LinkCalls.Key { LinkCalls.Key(session: number, backend: link.backend) }

  func open() {
    guard !isEnded else { return }
    isStream = false
    events = events.lastEventID.map { EventStreamParser(after: $0) } ?? EventStreamParser()
    peer.send(
      UpstreamRequest(
        bytes: peer.get(link.headerLines, after: events.lastEventID), client: self,
        isRepeatable: true, principal: nil, era: .legacy, session: nil, id: nil))
  }

  func close() {
    isEnded = true
    settled.succeed()
    server.inputs.forget(owner: ObjectIdentifier(self))
    upstream?.close()
    upstream = nil
  }

  // MARK: The stream

  func awaits(_ serial: Int) -> Bool { !isEnded }
  var wantsPayload: Bool { true }

  func upstreamStarted(_ connection: UpstreamConnection) { upstream = connection }

  func upstreamHead(_ head: ResponseHead, _ bytes: ByteBuffer) {
    isStream = head.isEventStream && head.status == 200
    settled.succeed()
    if isStream { wait = Self.shortestWait }
    // There is none (405), or the session is gone (404): its next call makes it again.
    if head.status == 405 || head.status == 404 { isEnded = true }
  }

  func upstreamBody(_ bytes: ByteBuffer) {
    guard isStream, !isEnded else { return }
    for event in bytes.withUnsafeReadableBytes({ events.take($0) }) where !event.data.isEmpty {
      received(event.data)
    }
    if events.buffered > HTTPExchange.messageLimit { close() }
  }

  func upstreamEnd(_ bytes: ByteBuffer) {
    // It is in the pool again, and may serve another already.
    upstream = nil
    upstreamBody(bytes)
    openAgain()
  }

  func upstreamFailed(_ failure: UpstreamFailure) {
    upstream = nil
    settled.succeed()
    openAgain()
  }

  private func openAgain() {
    guard !isEnded else { return }
    loop.eventLoop.assumeIsolated().scheduleTask(in: wait) { [self] in
      loop.readClock()
      open()
    }
    wait = min(wait + wait, Self.longestWait)
  }

  // MARK: Its messages

  private func received(_ message: [UInt8]) {
    guard let envelope = message.withUnsafeBytes({ try? EnvelopeScanner.scan($0) }) else { return }
    switch envelope.kind {
    case .response: break
    case .request:
      if let request = ServerRequest(message, envelope) { ask(request) }
    case .notification: told(message, envelope)
    }
  }

  private func told(_ message: [UInt8], _ envelope: Envelope) {
    switch envelope.method {
    case .notificationsTasksStatus:
      guard let id = envelope.taskID else { return }
      let task = message.withUnsafeBytes { JSONReader($0).text(id) }
      // Of a task in this session, and no other's of the same id.
      server.updated(
        SubscriptionTable.Topic(backend: link.backend, watched: .task(task), process: number),
        message)
    case .some(let method) where method.isNews:
      server.news(of: link.backend, message)
    case .notificationsCancelled:
      withdraw(message, envelope)
    case .notificationsMessage where session.poolKey != nil:
      // Whose it is can be told only while there is one call.
      guard let (call, isOnly) = server.linkCalls.newest(callsKey), isOnly else { return }
      call.perform { _ = $0.received(message) }
    default:
      guard session.poolKey == nil else { return }
      if !server.sessionStreams.send(message, of: link.backend, to: number) {
        server.linkCalls.newest(callsKey)?.call.perform { $0.deliver(unasked: message) }
      }
    }
  }

  private func ask(_ request: ServerRequest) {
    if request.method == .ping {
      return tell(ServerRequest.pong(id: request.id))
    }
    guard session.poolKey == nil else {
      peer.streamHabit.noteAsksApart()
      guard let (call, _) = server.linkCalls.newest(callsKey) else {
        return tell(
          JSONRPCError.methodNotFound(request.methodName).body(id: request.id, request: nil))
      }
      return call.perform { $0.asked(request) }
    }
    let backendID = request.id
    let back = NIOLoopBound(self, eventLoop: loop.eventLoop)
    let eventLoop = loop.eventLoop
    let id = server.inputs.add(
      number, backend: peer.configuration.name, owner: ObjectIdentifier(self)
    ) { message, envelope in
      guard let range = envelope.id else { return }
      var answer = message
      answer.replaceSubrange(range, with: backendID)
      let bytes = answer
      eventLoop.execute {
        back.value.loop.readClock()
        back.value.asked[backendID] = nil
        back.value.tell(bytes)
      }
    }
    guard let id else {
      return tell(JSONRPCError.cannotWait.body(id: request.id, request: nil))
    }
    asked[backendID] = id
    let message = request.renumbered(id)
    if server.sessionStreams.send(message, of: link.backend, to: number) { return }
    if let (call, _) = server.linkCalls.newest(callsKey) {
      return call.perform { $0.deliver(.message(message)) }
    }
    asked[backendID] = nil
    _ = server.inputs.take(number, id: id)
    tell(JSONRPCError.cannotWait.body(id: request.id, request: nil))
  }

  /// The backend no longer wants an answer.
  private func withdraw(_ message: [UInt8], _ envelope: Envelope) {
    guard let range = envelope.requestID else { return }
    guard session.poolKey == nil else {
      let id = Array(message[range])
      server.linkCalls.newest(callsKey)?.call.perform { $0.withdrawn(id, message) }
      return
    }
    guard let id = asked.removeValue(forKey: Array(message[range])) else { return }
    _ = server.inputs.take(number, id: id)
    var renamed = message
    renamed.replaceSubrange(range, with: id)
    _ = server.sessionStreams.send(renamed, of: link.backend, to: number)
  }

  private func tell(_ message: [UInt8]) {
    peer.tell(message, link.headerLines, of: nil, era: .legacy)
  }
}
