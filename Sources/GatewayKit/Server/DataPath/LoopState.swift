import NIOCore
import NIOSSL

/// Everything that one event loop owns: no lock and no atomic guards any of it.
///
/// The loop's copy of the store's snapshot and of the routing table, its store probe, its idle
/// backend connections, its sessions and the connections that it serves. Others reach it only by
/// `LoopHandle.execute`.
final class LoopState {
  let eventLoop: any EventLoop
  let server: ServerContext
  let hasher = SHA256Hasher()
  private(set) var snapshot: AuthSnapshot
  private(set) var routes: RoutingTable
  private(set) var peers: [BackendPeer?] = []
  /// Those of backends that are configured otherwise now, until their last answers are given.
  private var retiredPeers: [BackendPeer] = []
  var sessions = SessionCache()
  var connections: [ObjectIdentifier: ClientConnection] = [:]
  /// Those of them that read what belongs to no call.
  var listening: [ObjectIdentifier: ClientConnection] = [:]
  /// What backends tell the sessions that are this loop's to listen for.
  private var streams: [SessionNumber: [BackendID: BackendStream]] = [:]
  /// Which of all loops it is.
  private let place: (index: Int, count: Int)
  /// The calls whose messages are looked at one by one.
  var calls: [ObjectIdentifier: BackendCall] = [:]
  private(set) var isDraining = false
  /// Since when the store cannot be read, where the configuration says to refuse then.
  private(set) var refusesSince: Timestamp?
  /// The `date` line of answers, made anew each second (RFC 9110 §6.6.1).
  private(set) var dateLine: [UInt8]
  let times: ConnectionTimes
  /// The time of the last event that a connection of this loop had; a limit counts from it.
  private(set) var now: NIODeadline
  var clock: LoopClock
  /// Whether each request is told on standard error.
  let logsRequests: Bool
  /// What the log is told; nil where there is none.
  var activity: LoopActivity?
  private var isHandOverDue = false
  /// What is counted; nil where nothing is.
  var usage: LoopUsage?
  private var isUsageDue = false
  private var lastRequestID = SecureRandom.word
  private var freshness: Freshness
  /// An empty buffer of this loop's own. The one behind `ByteBuffer()` is shared by all threads, and
  /// so is the count of its references, which every request would have to touch.
  let noBytes = ByteBufferAllocator().buffer(capacity: 1)
  private var unflushed: [ChannelHandlerContext] = []
  private var sweep: RepeatedTask?

  init(
    eventLoop: any EventLoop, place: (index: Int, count: Int), server: ServerContext,
    snapshot: AuthSnapshot, routes: RoutingTable
  ) {
    self.eventLoop = eventLoop
    self.place = place
    self.server = server
    self.snapshot = snapshot
    self.routes = routes
    freshness = Freshness(storePath: server.configuration.storePath)
    dateLine = HTTPDate.line()
    times = ConnectionTimes(server.configuration.limits)
    now = .now()
    clock = LoopClock(now)
    logsRequests = server.logger.logLevel <= .debug
    activity = server.activity == nil ? nil : LoopActivity()
    usage = server.usage == nil ? nil : LoopUsage()
    install(routes)
    let handle = LoopHandle(self)
    sweep = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
      handle.onLoop.tick()
    }
  }

  // MARK: The store's snapshot

  /// Whether the snapshot is what the store holds now; when not, it is being loaded.
  func isFresh() -> Bool {
    if freshness.storeHasChanged(), freshness.beginLoad() { load() }
    return !freshness.isStale
  }

  /// Calls `resume` once the snapshot is fresh, or at once with false when too many wait already.
  func whenFresh(_ resume: @escaping (Bool) -> Void) {
    if !freshness.wait(resume) { resume(false) }
  }

  private func load() {
    let handle = LoopHandle(self)
    let store = server.store
    Task {
      let loaded = try? await store.loadAfterNow()
      handle.execute { $0.loaded(loaded) }
    }
  }

  private func loaded(_ snapshot: AuthSnapshot?) {
    if let snapshot { install(snapshot) }
    let refuses = snapshot == nil && server.configuration.onUnreadableStore == .refuse
    refusesSince = refuses ? refusesSince ?? .now : nil
    // What changed while it was being loaded is not in it.
    if freshness.endLoad() { load() } else { resumeWaiting() }
  }

  private func resumeWaiting() {
    for resume in freshness.takeWaiting() { resume(true) }
  }

  /// Takes a snapshot unless a later one is here already: two ways lead here, and they race.
  func install(_ snapshot: AuthSnapshot) {
    guard snapshot.sequence > self.snapshot.sequence else { return }
    self.snapshot = snapshot
    lookAgain()
  }

  /// Ends what a change no longer lets go on.
  private func lookAgain() {
    readClock()
    let now = Timestamp.now.microseconds
    for connection in connections.values { connection.lookAgain(now) }
    for call in calls.values { call.lookAgain(now) }
  }

  // MARK: Writing

  /// Has a connection's bytes written once all that came in at the same time is worked on.
  ///
  /// Written one after the other, they reach peers that are awake already from the first; written
  /// as they are made, each would wake its peer from its sleep, which costs more than the write.
  func flushSoon(_ context: ChannelHandlerContext) {
    unflushed.append(context)
    guard unflushed.count == 1 else { return }
    eventLoop.assumeIsolated().execute { [self] in flushAll() }
  }

  private func flushAll() {
    let contexts = unflushed
    unflushed.removeAll(keepingCapacity: true)
    for context in contexts { context.flush() }
  }

  // MARK: Activity

  /// A number that no other request has, as good as certainly: each loop steps through all words
  /// from a random one on.
  func nextRequestID() -> RequestID {
    lastRequestID &+= 0x9E37_79B9_7F4A_7C15
    return RequestID(lastRequestID)
  }

  /// Has what was told handed over soon, or now when it is much.
  func handOverActivity() {
    guard activity?.isFull != true else { return flushActivity() }
    guard activity != nil, !isHandOverDue else { return }
    isHandOverDue = true
    eventLoop.assumeIsolated().scheduleTask(in: LoopActivity.delay) { [self] in
      isHandOverDue = false
      flushActivity()
    }
  }

  func flushActivity() {
    guard let log = server.activity, let batch = activity?.take(leaving: log.emptyBatch) else {
      return
    }
    log.append(batch)
  }

  /// Has what was counted handed over soon.
  func handOverUsage() {
    guard usage != nil, !isUsageDue else { return }
    isUsageDue = true
    eventLoop.assumeIsolated().scheduleTask(in: LoopUsage.delay) { [self] in
      isUsageDue = false
      flushUsage()
    }
  }

  private func flushUsage() {
    guard let tallies = usage?.take() else { return }
    server.usage?.take(tallies)
  }

  // MARK: Backends

  func install(_ routes: RoutingTable) {
    let changes = routes.changes(since: self.routes)
    self.routes = routes
    var peers: [BackendPeer?] = []
    for route in routes.routes {
      guard case .http = route.view.configuration.transport else { continue }
      let index = Int(route.id.index)
      while peers.count <= index { peers.append(nil) }
      if index < self.peers.count, let known = self.peers[index],
        known.configuration == route.view.configuration
      {
        peers[index] = known
      } else {
        peers[index] = BackendPeer(route.view.configuration, loop: self)
      }
    }
    for (index, old) in self.peers.enumerated() {
      guard let old, index >= peers.count || peers[index] !== old else { continue }
      old.retire()
      if old.inFlight > 0 { retiredPeers.append(old) }
    }
    self.peers = peers
    for (session, own) in streams {
      for (backend, stream) in own where stream.peer !== peer(backend) {
        stream.close()
        streams[session]?[backend] = peer(backend).map {
          BackendStream(stream.session, stream.link, $0, self)
        }
        streams[session]?[backend]?.open()
      }
    }
    lookAgain()
    guard !changes.isEmpty else { return }
    for connection in listening.values { connection.listsChanged(changes) }
  }

  /// The backend that works on a session's request here, for `notifications/cancelled`.
  func backendInFlight(session: SessionNumber, id: [UInt8]) -> BackendID? {
    (peers.compactMap { $0 } + retiredPeers).first { $0.isInFlight(session: session, id: id) }?.id
  }

  /// How many requests each backend works on here.
  var inFlight: [BackendID: Int] {
    peers.reduce(into: [:]) { counts, peer in
      if let peer { counts[peer.id] = peer.inFlight }
    }
  }

  func peer(_ id: BackendID) -> BackendPeer? {
    let index = Int(id.index)
    return index < peers.count ? peers[index] : nil
  }

  /// The streams that clients of this loop read.
  var openStreams: [OpenStream] { connections.values.compactMap { $0.openStream(now) } }

  /// Takes a newer copy of a session, or with nil forgets it.
  ///
  /// - Returns: what is done once the streams that are opened for it are there.
  func update(_ number: SessionNumber, _ entry: SessionEntry?) -> [EventLoopFuture<Void>] {
    sessions.update(number, entry)
    guard Int(number.low % UInt64(place.count)) == place.index else { return [] }
    var opened: [EventLoopFuture<Void>] = []
    // Who can be asked nothing, and wants nothing logged, is told nothing that belongs to no call.
    let wanted = entry.flatMap { $0.offersInput || $0.logLevel != nil ? $0 : nil }
    let links = wanted?.links.filter { $0.session.id != nil } ?? []
    var own = streams[number] ?? [:]
    for (backend, stream) in own
    where !links.contains(where: {
      $0.backend == backend && $0.session.id == stream.link.session.id
    }) {
      stream.close()
      own[backend] = nil
    }
    if let wanted {
      for link in links where own[link.backend] == nil {
        guard let peer = peer(link.backend) else { continue }
        let stream = BackendStream(wanted, link, peer, self)
        own[link.backend] = stream
        opened.append(stream.isSettled)
        stream.open()
      }
    }
    streams[number] = own.isEmpty ? nil : own
    return opened
  }

  /// Ends what is under way in a session that was ended.
  func endSession(_ number: SessionNumber) {
    readClock()
    for connection in connections.values { connection.endIfOf(number) }
    for call in calls.values where !call.hasClient {
      if call.origin.session?.token.number == number { call.cancel("its session was ended") }
    }
  }

  // MARK: Time and end

  /// Reads the clock: once for each event, so that nothing else on the way has to.
  func readClock() { now = .now() }

  private func tick() {
    readClock()
    clock.set(now)
    dateLine = HTTPDate.line()
    for connection in connections.values { connection.checkDeadline(now) }
    for peer in peers { peer?.sweep(now) }
    for peer in retiredPeers { peer.sweep(now) }
    retiredPeers.removeAll { $0.inFlight == 0 }
    if place.index == 0 { server.replays.forgetOld(MonotonicClock.seconds) }
    lookAgain()
  }

  /// Ends idle connections now and the others after the answer that they are at.
  func drain() {
    isDraining = true
    for peer in peers { peer?.retire() }
    for connection in connections.values { connection.drain() }
  }

  /// Ends every connection at once.
  func close() {
    sweep?.cancel()
    for own in streams.values { for stream in own.values { stream.close() } }
    streams = [:]
    for connection in connections.values { connection.stop() }
    for peer in peers { peer?.closeAll() }
    for peer in retiredPeers { peer.closeAll() }
    peers = []
    retiredPeers = []
    resumeWaiting()
    flushActivity()
    flushUsage()
  }
}

/// A way to a loop's state from anywhere.
struct LoopHandle: Sendable {
  let eventLoop: any EventLoop
  private let state: NIOLoopBound<LoopState>

  /// Call on the loop.
  init(_ state: LoopState) {
    eventLoop = state.eventLoop
    self.state = NIOLoopBound(state, eventLoop: state.eventLoop)
  }

  /// The state itself, for who is on the loop.
  var onLoop: LoopState { state.value }

  func execute(_ body: @escaping @Sendable (LoopState) -> Void) {
    eventLoop.execute { body(state.value) }
  }

  /// As `execute`, with what comes of it.
  func submit<Value: Sendable>(
    _ body: @escaping @Sendable (LoopState) -> Value
  ) -> EventLoopFuture<Value> {
    eventLoop.submit { body(state.value) }
  }

  /// As `execute`, and waits until it is done.
  func perform<Value: Sendable>(
    _ body: @escaping @Sendable (LoopState) -> Value
  ) async throws -> Value {
    try await submit(body).get()
  }
}
