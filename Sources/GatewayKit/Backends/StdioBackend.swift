import Logging
import Synchronization

/// A stdio backend's children: one that the catalog is read from and that all clients share, in the era
/// that a probe finds; where sessions are isolated, one more for each client session, which ends once
/// that has not used it for an hour.
final class StdioBackend: Sendable {
  /// How long a child may take to answer the probe before it is offered the legacy handshake too.
  static let standardProbeTime = Duration.seconds(5)
  /// How long a session's own child, and a session at an HTTP backend, may lie unused.
  package static let standardIdleTime = Duration.seconds(3600)
  /// How long a session's own child must have lain unused to make room for another session's.
  static let standardRoomTime = Duration.seconds(60)
  /// How often it is told at most that there is no room.
  static let timeBetweenWarnings = Duration.seconds(60)
  /// A child that lived this long is started again at once when it ends.
  static let longLife = Duration.seconds(10)

  /// What the backend's owner is told.
  struct Events: Sendable {
    /// The child that the catalog comes from has ended by itself; when it may be started again.
    var ended: @Sendable (BackendError, _ wait: Duration) -> Void = { _, _ in }
    var news = BackendNews()
    /// A list of the process that a session has for itself is another than before.
    var listChanged: @Sendable (SessionNumber, Method) -> Void = { _, _ in }
    /// What is subscribed to, at the process that a session has for itself, or at the shared one.
    var wanted: @Sendable (SessionNumber?) -> Set<Watched> = { _ in [] }
    /// It is another than before.
    var updated: @Sendable (SessionNumber, Watched, _ message: [UInt8]) -> Void = { _, _, _ in }
    var proved: @Sendable (ProtocolVersion.Era) -> Void = { _ in }
    var failed: @Sendable (BackendFailure) -> Void = { _ in }
    var succeeded: @Sendable () -> Void = {}
  }

  /// A child past its handshake.
  struct Running: Sendable {
    let child: StdioChild
    let era: ProtocolVersion.Era
    let versions: [String]
    let handshake: JSONObject
  }

  enum Place: Hashable, Sendable {
    case shared
    case isolated(SessionNumber)
  }

  private struct Slot {
    var starting: Task<Running, any Error>?
    var running: Running?
    var starts = 0
    var backoff = Backoff()
    var notBefore: ContinuousClock.Instant?
    var lastError: BackendError?
  }

  private struct State {
    var slots: [Place: Slot] = [:]
    /// All that have a process, also those that are only just starting or ending.
    var children: [ObjectIdentifier: StdioChild] = [:]
    var isStopped = false
    /// When it was told last that there is no room.
    var toldFull: ContinuousClock.Instant?
    var events = Events()
    /// In the modern era the requests to the shared process that listen, the newest last.
    var listening: [Task<Void, Never>] = []
  }

  let name: String
  let timeout: Duration
  let probeTime: Duration
  let logger: Logger
  private let idleTime: Duration
  private let roomTime: Duration
  /// Whether each client session has a child of its own, and how many of those there may be.
  let isIsolated: Bool
  private let mostIsolated: Int
  let launch: ChannelLaunch
  private let state = Mutex(State())

  init(
    name: String, launch: ChannelLaunch, timeout: Duration,
    probeTime: Duration = StdioBackend.standardProbeTime,
    idleTime: Duration = StdioBackend.standardIdleTime,
    roomTime: Duration = StdioBackend.standardRoomTime, isIsolated: Bool = false,
    mostIsolated: Int = BackendConfiguration.standardProcesses, logger: Logger
  ) {
    self.isIsolated = isIsolated
    self.mostIsolated = mostIsolated
    self.probeTime = probeTime
    self.idleTime = idleTime
    self.roomTime = roomTime
    self.name = name
    self.launch = launch
    self.timeout = timeout
    self.logger = logger
  }

  /// To be called before the first child is started.
  func listen(_ events: Events) { state.withLock { $0.events = events } }

  private var events: Events { state.withLock { $0.events } }

  /// The process that the catalog comes from, and how often processes were started again.
  var process: (pid: Int32?, restarts: Int) {
    state.withLock { state in
      (
        state.slots[.shared]?.running?.child.pid,
        state.slots.values.reduce(0) { $0 + max(0, $1.starts - 1) }
      )
    }
  }

  // MARK: Children

  private func place(for client: ChannelClient) -> Place {
    guard isIsolated, let session = client.session else { return .shared }
    guard let fallback = client.fallback else { return .isolated(session) }
    // Half of the room is for sessions that have no other place.
    return state.withLock { state in
      if state.slots[.isolated(session)] != nil { return .isolated(session) }
      guard state.slots.count <= mostIsolated / 2 else { return .isolated(fallback) }
      state.slots[.isolated(session)] = Slot()
      return .isolated(session)
    }
  }

  /// The child that answers a client.
  func child(for client: ChannelClient) async throws -> StdioChild {
    let place = place(for: client)
    let running = try await running(place, as: client.identity, isPatient: false)
    if client.usesTasks { running.child.noteTasks() }
    if let level = client.logLevel { await log(level, running, isShared: place == .shared) }
    return running.child
  }

  /// Has a legacy child log what a client wants: all that any of its clients does.
  private func log(_ level: LogLevel, _ running: Running, isShared: Bool) async {
    guard running.era == .legacy,
      running.handshake["capabilities"]?["logging"]?.objectValue != nil,
      running.child.needs(level, isShared: isShared)
    else { return }
    do {
      _ = try await running.child.ask(
        .loggingSetLevel, JSONObject([("level", .string(level.rawValue))]), within: timeout)
    } catch {
      logger.debug("\(name): it was not told what to log: \(error)")
    }
  }

  /// The same, if it runs.
  func runningChild(for client: ChannelClient) -> StdioChild? {
    running(at: place(for: client))?.child
  }

  /// - Parameter isPatient: whether the caller keeps to the waits between starts itself.
  func running(
    _ place: Place, as identity: ClientIdentity = .gateway, isPatient: Bool
  ) async throws -> Running {
    let task = try state.withLock { state -> Task<Running, any Error> in
      guard !state.isStopped else {
        throw BackendError.unavailable(backend: name, reason: "it is stopped", since: nil)
      }
      var slot = state.slots[place] ?? Slot()
      if let starting = slot.starting {
        slot.running?.child.touch()
        return starting
      }
      if !isPatient, let notBefore = slot.notBefore, ContinuousClock.now < notBefore {
        throw slot.lastError
          ?? BackendError.unavailable(backend: name, reason: "it is starting again", since: nil)
      }
      var retired: StdioChild?
      if place != .shared, state.slots.count - 1 >= mostIsolated, state.slots[place] == nil {
        guard let (other, child) = longestUnused(state) else {
          throw full(&state)
        }
        state.slots[other] = nil
        retired = child
      }
      let task = Task { [retired] in
        await retired?.stop()
        return try await self.start(place, identity)
      }
      slot.starting = task
      slot.starts += 1
      state.slots[place] = slot
      return task
    }
    return try await task.value
  }

  /// That a session finds no room, told to the operator now and then: nothing is wrong with the backend,
  /// so its state does not show it.
  private func full(_ state: inout State) -> BackendError {
    let error = BackendError.full(backend: name, reason: launch.inUse(mostIsolated))
    if state.toldFull.map({ ContinuousClock.now - $0 >= Self.timeBetweenWarnings }) ?? true {
      state.toldFull = .now
      logger.warning(
        "\(name): a call failed: \(error). Raise \"processes\" of this backend in the configuration; until then one that lies unused for \(DurationText.text(roomTime)) makes room"
      )
    }
    return error
  }

  /// The session's own child that makes room for another's; none where its start failed.
  private func longestUnused(_ state: State) -> (Place, StdioChild?)? {
    let isolated = state.slots.filter { $0.key != .shared }
    if let failed = isolated.first(where: { $0.value.running == nil && $0.value.starting == nil }) {
      return (failed.key, nil)
    }
    return isolated.compactMap { place, slot -> (Place, StdioChild)? in
      guard let child = slot.running?.child, !child.mayHaveTasks, child.idleTime >= roomTime
      else { return nil }
      return (place, child)
    }.max { $0.1.idleTime < $1.1.idleTime }.map { ($0.0, $0.1) }
  }

  private func start(_ place: Place, _ identity: ClientIdentity) async throws -> Running {
    do {
      let running = try await probe(as: identity, at: place)
      let isAlive = state.withLock { state in
        guard state.children[ObjectIdentifier(running.child)] != nil, state.slots[place] != nil
        else { return false }
        state.slots[place]?.running = running
        return true
      }
      guard isAlive else {
        // Its session may have ended meanwhile: nobody would end it later.
        await running.child.stop()
        throw BackendError.unavailable(
          backend: name, reason: "its process ended right after its start", since: .now)
      }
      switch place {
      case .shared: Task { await settle(running, in: nil) }
      case .isolated(let session):
        running.child.state.withLock { $0.isOneSessions = true }
        watch(running.child, at: place)
        if running.era == .legacy, !wanted(session).isEmpty {
          Task { await settle(running, in: session) }
        }
      }
      return running
    } catch {
      let failure = BackendError.wrapping(error, backend: name)
      state.withLock { state in
        guard var slot = state.slots[place] else { return }
        slot.starting = nil
        slot.notBefore = .now + slot.backoff.next()
        slot.lastError = failure
        state.slots[place] = slot
      }
      throw failure
    }
  }

  /// Ends a session's own child when its time has come.
  private func watch(_ child: StdioChild, at place: Place) {
    Task { [weak self, weak child, idleTime] in
      var wait = idleTime
      while wait > .zero {
        try? await Task.sleep(for: wait)
        guard let child, !child.hasEnded else { return }
        guard let left = self?.retire(child, from: place) else { return }
        wait = left
      }
      guard let self, let child else { return }
      self.logger.info("\(self.name): a session's process ends, it is not used")
      await child.stop()
    }
  }

  /// Lets go of a session's own child unless it was used since; how long it is still to be kept.
  private func retire(_ child: StdioChild, from place: Place) -> Duration {
    state.withLock { state in
      // Whoever finds it here touches it under this lock.
      let left = idleTime - child.idleTime
      guard left <= .zero, state.slots[place]?.running?.child === child else {
        return max(left, .milliseconds(1))
      }
      state.slots[place] = nil
      return .zero
    }
  }

  /// A client's session has ended, and with it the child that it had for itself.
  func end(_ session: SessionNumber) async {
    let slot = state.withLock { $0.slots.removeValue(forKey: .isolated(session)) }
    slot?.starting?.cancel()
    await slot?.running?.child.stop()
  }

  /// What becomes of a session's own child says nothing of the backend as a whole.
  func launchChild(for place: Place) throws -> StdioChild {
    let own = events
    let events: Events
    switch place {
    case .shared: events = own
    case .isolated(let session):
      var news = own.news
      // What it tells is the session's own.
      news.listChanged = { own.listChanged(session, $0) }
      news.updated = { own.updated(session, $0, $1) }
      events = Events(news: news)
    }
    let child = StdioChild(
      backend: name, launch: launch, logger: logger,
      events: .init(
        ended: { [weak self] in self?.ended($0, $1, wasAsked: $2) },
        news: events.news, failed: events.failed, succeeded: events.succeeded))
    // It may have ended before it is entered; then its end found nothing to remove.
    let isStopped = state.withLock { state in
      state.children[ObjectIdentifier(child)] = child
      return state.isStopped
    }
    if let error = child.state.withLock({ $0.end }) {
      state.withLock { $0.children[ObjectIdentifier(child)] = nil }
      throw error
    }
    if isStopped { Task { await child.stop() } }
    return child
  }

  private func ended(_ child: StdioChild, _ error: BackendError, wasAsked: Bool) {
    let wait = state.withLock { state -> Duration? in
      state.children[ObjectIdentifier(child)] = nil
      guard let (place, slot) = state.slots.first(where: { $0.value.running?.child === child })
      else { return nil }
      var changed = slot
      changed.running = nil
      changed.starting = nil
      changed.lastError = error
      var wait = Duration.zero
      if ContinuousClock.now - child.started >= Self.longLife {
        changed.backoff.reset()
      } else {
        wait = changed.backoff.next()
      }
      changed.notBefore = .now + wait
      state.slots[place] = changed
      if place != .shared { state.slots[place] = nil }
      return place == .shared && !wasAsked ? wait : nil
    }
    guard !wasAsked else { return }
    logger.warning("\(name): \(error.description)")
    if let wait { events.ended(error, wait) }
  }

  // MARK: What is subscribed to

  func wanted(_ process: SessionNumber?) -> Set<Watched> { events.wanted(process) }

  func running(at place: Place) -> Running? { state.withLock { $0.slots[place]?.running } }

  /// Keeps the request that listens, and ends those before, in a while.
  func setListening(_ task: Task<Void, Never>) {
    addListening(task)
    let old = state.withLock { $0.listening.filter { $0 != task } }
    Task {
      try? await Task.sleep(for: NewsStreams.readAfter)
      endListening(old)
    }
  }

  /// Keeps one more, and ends the oldest of too many.
  func addListening(_ task: Task<Void, Never>) {
    let ended = state.withLock { state in
      state.listening.append(task)
      return Array(state.listening.dropLast(NewsStreams.mostAfter))
    }
    if !ended.isEmpty { endListening(ended) }
  }

  /// Ends such requests; nil for all.
  func endListening(_ old: [Task<Void, Never>]? = nil) {
    let ended = state.withLock { state in
      let ended = old ?? state.listening
      state.listening.removeAll(where: ended.contains)
      return ended
    }
    for task in ended { task.cancel() }
  }

  func stop() async {
    endListening()
    let children = state.withLock { state in
      state.isStopped = true
      return Array(state.children.values)
    }
    await withDiscardingTaskGroup { group in
      for child in children { group.addTask { await child.stop() } }
    }
  }
}
