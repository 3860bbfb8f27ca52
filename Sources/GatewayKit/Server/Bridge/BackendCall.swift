import NIOCore

/// A call at a backend whose messages are looked at one by one: where the two parties are of different
/// eras, or where the backend may ask the client something.
///
/// It lives on one event loop, and may outlive the connection that began it: parked until a modern
/// client's retry brings an answer, or because a legacy client's disconnect is no cancellation.
final class BackendCall {
  /// The most bytes of events that are held for a client that is not there.
  static let heldLimit = 1 << 20
  /// The most rounds of questions in one call.
  static let roundLimit = 100
  /// How long a call goes on whose client has gone.
  static let orphanTime = TimeAmount.minutes(10)

  let loop: LoopState
  var origin: CallOrigin
  let request: CallRequest
  var translation: CallTranslation
  let backendName: String
  private var transport: (any CallTransport)?
  private var sink: CallSink?
  /// What came while no client was there, or for one that could not take it.
  private var held: [CallEvent] = []
  /// What the backend wrote while the call was parked: the retry's id and token are others.
  private var heldMessages: [[UInt8]] = []
  private var heldBytes = 0
  private var isPaused = false
  /// Whether its client came back for its stream.
  private var isResumed = false
  /// Whether the connection that reads it is the one of its request, which looks whether it may go on.
  private var isWatched = true
  private(set) var isOver = false
  /// What a modern backend wants to be told, and what the client has said so far.
  var round: InputRound?
  var rounds = 0
  /// What a legacy backend asked and has not been answered, by the key that a modern client knows it by.
  var questions: [(key: String, request: ServerRequest)] = []
  var lastKey = 0
  var parkedAs: ParkedCalls.Number?
  /// The questions that a legacy client was asked: the backend's id of each, and the client's.
  var asked: [[UInt8]: [UInt8]] = [:]
  /// Exchanges the ids of tasks; nil where there can be none.
  var tasks: TaskMessages?
  /// The lane of a pooled session that it has for itself.
  var lane: PoolKey?
  /// Of the session that it is in: the client's, or one that the gateway keeps for modern clients.
  var use: SessionEntry.Use?
  /// The session at the backend that it is in.
  var linkKey: LinkCalls.Key?
  /// When a call that nobody reads ends.
  private var deadline: NIODeadline?
  /// Whose streams it is counted among, once its connection has gone.
  private var countedStream: Principal?
  /// What is kept of its client's stream, once that has begun.
  var replay: ReplayStream?
  /// By which `notifications/cancelled` finds it.
  var cancellationKey: CallTable.Key?

  init(
    _ origin: CallOrigin, _ request: CallRequest, _ translation: CallTranslation,
    backendName: String, loop: LoopState, sink: CallSink
  ) {
    self.origin = origin
    self.request = request
    self.translation = translation
    self.backendName = backendName
    self.loop = loop
    self.sink = sink
    use = origin.session?.use
  }

  var link: CallLink { CallLink(self) }
  var server: ServerContext { loop.server }
  var hasClient: Bool { sink != nil }
  var takesMessages: Bool { sink?.takesMessages ?? false }
  private var isBackendModern: Bool {
    switch translation.direction {
    case .toLegacyClient: true
    case .toModernClient: false
    case .none: origin.era == .modern
    }
  }
  /// The id by which the backend knows the request.
  private var backendID: [UInt8] { translation.ownID ?? translation.id }

  // MARK: Beginning

  /// Begins it by sending its request.
  func begin(over transport: any CallTransport) {
    adopt(transport)
    transport.send(request.message(), of: self)
  }

  /// Takes up one whose request has been sent.
  func adopt(_ transport: any CallTransport) {
    self.transport = transport
    loop.calls[ObjectIdentifier(self)] = self
    if let key = cancellationKey { server.calls.add(key, link) }
    if let linkKey { server.linkCalls.add(self, linkKey) }
  }

  // MARK: From the backend

  /// A message of the backend's; whether it was the response to the request that was sent last.
  func received(_ message: [UInt8]) -> Bool {
    guard !isOver else { return true }
    let message = tasks?.forClient(message) ?? message
    let incoming = translation.take(message)
    if parkedAs != nil, incoming.carriesID { return hold(message, incoming) }
    switch incoming {
    case .response(let bytes):
      deliver(.response(bytes))
      return true
    case .inputRequired(let input):
      needsInput(input)
      return true
    case .notification(let bytes): deliver(.message(bytes))
    case .request(let request):
      // A modern backend may not, and is not answered (2026-07-28, Streamable HTTP, Receiving Messages).
      if !isBackendModern { asked(request) }
    case .withdrawn(let id): withdrawn(id, message)
    case .news(let bytes): server.news(of: origin.backend, bytes)
    case .nothing: break
    case .invalid(let reason):
      server.logger.warning(
        "\(backendName): a message of its is left out: \(SafeText.line(reason))")
    }
    return false
  }

  func failed(_ error: JSONRPCError) {
    guard !isOver else { return }
    deliver(.failed(error))
  }

  // MARK: To the client

  func deliver(_ event: CallEvent) {
    var event = event
    if isResumed, case .failed(let error) = event {
      // The request that reads now has no id for an error to carry.
      event = .response(error.body(id: translation.id, request: nil))
    }
    guard let sink, held.isEmpty, !isPaused else { return hold(event) }
    let isLast = event.isLast
    let isReady = sink.deliver(event)
    if isLast { finish() } else if !isReady { pause() }
  }

  /// A message that belongs to no call, for which nobody can be made to wait.
  func deliver(unasked message: [UInt8]) {
    if heldBytes <= Self.heldLimit { deliver(.message(message)) }
  }

  private func hold(_ event: CallEvent) {
    // Nothing comes behind the last, which waits for its reader.
    guard held.last?.isLast != true else { return }
    // Who has gone may come back for what is kept, and else is told no more.
    guard sink != nil || parkedAs != nil else {
      if let replay { keep(event, in: replay) }
      if event.isLast { finish() }
      return
    }
    held.append(event)
    heldBytes += event.size
    if heldBytes > Self.heldLimit { pause() }
    if event.isLast { dropTransport() }
  }

  /// Keeps a message for the retry; whether it is the response.
  private func hold(_ message: [UInt8], _ incoming: CallTranslation.Incoming) -> Bool {
    heldMessages.append(message)
    heldBytes += message.count
    if heldBytes > Self.heldLimit { pause() }
    if case .notification = incoming { return false }
    return true
  }

  private func keep(_ event: CallEvent, in replay: ReplayStream) {
    switch event {
    case .message(let message): _ = server.replays.append(message, to: replay)
    case .response(let message), .interim(let message):
      _ = server.replays.append(message, to: replay, isLast: true)
    case .failed(let error):
      let message = error.body(id: translation.id, request: nil)
      _ = server.replays.append(message, to: replay, isLast: true)
    case .replayed: break
    }
  }

  private func pause() {
    guard !isPaused else { return }
    isPaused = true
    transport?.pause()
  }

  /// The client can take more.
  func resume() {
    let messages = heldMessages
    heldMessages = []
    for message in messages {
      heldBytes -= message.count
      _ = received(message)
    }
    while let sink, !held.isEmpty {
      let event = held.removeFirst()
      heldBytes -= event.size
      let isReady = sink.deliver(event)
      if event.isLast { return finish() }
      if self.sink == nil || !isReady { return }
    }
    guard isPaused, sink != nil else { return }
    isPaused = false
    transport?.resume()
  }

  // MARK: To the backend

  func tell(_ message: [UInt8]) { transport?.tell(tasks?.forBackend(message) ?? message) }

  func sendRetry(_ members: [[UInt8]], id: [UInt8]) {
    transport?.send(request.message((members, id)), of: self)
  }

  // MARK: Coming and going

  /// The client has got its response, which asks it something; the retry will bring another sink.
  func dismissSink(with event: CallEvent) {
    // What waits for its reader is this request's, and not the retry's.
    for event in held + [event] { _ = sink?.deliver(event) }
    heldBytes -= held.reduce(0) { $0 + $1.size }
    held = []
    sink = nil
  }

  /// The retry is here.
  func attach(_ sink: CallSink, _ translation: CallTranslation) {
    self.sink = sink
    self.translation = translation
    isWatched = false
    parkedAs = nil
    deadline = nil
  }

  /// The client has come back for a stream that it had lost.
  func reattach(_ sink: CallSink, _ stream: ReplayStream, after number: UInt64) {
    if isOver, !stream.events(after: number).isComplete {
      // It was ended without a response.
      keep(.failed(.noLongerWaiting), in: stream)
    }
    let (events, isComplete) = stream.events(after: number)
    _ = sink.deliver(.replayed(events, isComplete: isComplete, stream))
    guard !isOver else { return }
    isResumed = true
    isWatched = false
    self.sink = sink
    deadline = nil
    if let countedStream { server.streams.end(countedStream) }
    countedStream = nil
    resume()
  }

  /// - Parameter owner: the connection that has ended; the client may have come back on another.
  func clientGone(_ owner: ObjectIdentifier) {
    guard !isOver, sink?.owner == owner else { return }
    guard origin.era == .legacy else { return cancel("the client closed its connection") }
    sink = nil
    let unsent = held
    held = []
    heldBytes = 0
    for event in unsent { hold(event) }
    guard !isOver else { return }
    deadline = loop.now + Self.orphanTime
    countedStream = origin.caller.principal
    _ = server.streams.begin(origin.caller.principal, limit: .max)
    isPaused = false
    transport?.resume()
  }

  func cancel(_ reason: String) {
    guard !isOver else { return }
    cancelAtBackend(reason)
    finish()
  }

  /// Its client wants it no more. Who reads its stream all the same sees the end of it.
  func cancelledByClient() {
    guard !isOver else { return }
    cancelAtBackend("the client cancelled it")
    deliver(.failed(.cancelled))
  }

  func cancelAtBackend(_ reason: String) { transport?.cancel(backendID, reason: reason) }

  /// Looks whether it may go on while no connection looks for it.
  ///
  /// - Parameter now: microseconds since 1970.
  func lookAgain(_ now: Int64) {
    guard !isOver else { return }
    // A session whose calls go on is not unused.
    use?.note()
    guard sink == nil || !isWatched else { return }
    if let deadline, loop.now > deadline { return cancel("nobody reads it any more") }
    guard let cause = origin.endingCause(loop, now) else { return }
    guard hasClient else { return cancel(cause.rawValue) }
    giveUp(
      cause == .backendRemoved
        ? .backendUnavailable(backendName, since: .now) : .invalidRequest(cause.rawValue))
  }

  func parkUntil(_ deadline: NIODeadline) { self.deadline = deadline }

  private func dropTransport() {
    transport?.finish()
    transport = nil
    if let key = cancellationKey { server.calls.remove(key) }
    if let linkKey { server.linkCalls.remove(self, linkKey) }
  }

  func finish() {
    guard !isOver else { return }
    isOver = true
    dropTransport()
    sink = nil
    held = []
    loop.calls[ObjectIdentifier(self)] = nil
    if let lane { server.lanes.giveBack(lane) }
    if let countedStream { server.streams.end(countedStream) }
    if let parkedAs { server.parked.remove(parkedAs) }
    server.inputs.forget(owner: ObjectIdentifier(self))
  }
}
