import Logging
import Synchronization

/// A stdio backend's children: one that the catalog is read from, in the era that a probe finds, and
/// one of the legacy era when a client needs it and the first is a modern one. That second one ends
/// once nobody has used it for an hour; the next call starts another.
///
/// `initialize` binds a process to the legacy era for its life (2026-07-28, Versioning, Backward
/// Compatibility), so that one process cannot serve both.
final class StdioBackend: Sendable {
  /// How long a child may take to answer the probe before it is offered the legacy handshake too.
  static let standardProbeTime = Duration.seconds(5)
  /// How long the second child, and a session at an HTTP backend, may lie unused.
  package static let standardIdleTime = Duration.seconds(3600)
  /// A child that lived this long is started again at once when it ends.
  static let longLife = Duration.seconds(10)

  /// What the backend's owner is told.
  struct Events: Sendable {
    /// The child that the catalog comes from has ended by itself; when it may be started again.
    var ended: @Sendable (BackendError, _ wait: Duration) -> Void = { _, _ in }
    var listChanged: @Sendable () -> Void = {}
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

  enum Place: Sendable { case own, legacy }

  private struct Slot {
    var starting: Task<Running, any Error>?
    var running: Running?
    var starts = 0
    /// Those after ends by itself, before its last idle end.
    var restarts = 0
    var backoff = Backoff()
    var notBefore: ContinuousClock.Instant?
    var lastError: BackendError?
  }

  private struct State {
    var slots: [Place: Slot] = [:]
    /// All that have a process, also those that are only just starting or ending.
    var children: [ObjectIdentifier: StdioChild] = [:]
    /// The legacy handshake was refused by the modern backend; asked again when it starts anew.
    var isModernOnly = false
    var isStopped = false
    var events = Events()
  }

  let name: String
  let timeout: Duration
  let probeTime: Duration
  let logger: Logger
  private let idleTime: Duration
  private let launch: ChildLaunch
  private let state = Mutex(State())

  init(
    name: String, launch: ChildLaunch, timeout: Duration,
    probeTime: Duration = StdioBackend.standardProbeTime,
    idleTime: Duration = StdioBackend.standardIdleTime, logger: Logger
  ) {
    self.probeTime = probeTime
    self.idleTime = idleTime
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
        state.slots[.own]?.running?.child.pid,
        state.slots.values.reduce(0) { $0 + $1.restarts + max(0, $1.starts - 1) }
      )
    }
  }

  // MARK: Children

  /// The child that answers clients of that era.
  func child(of era: ProtocolVersion.Era) async throws -> StdioChild {
    let own = try await running(.own, isPatient: false)
    if own.era == era { return own.child }
    guard era == .legacy, !state.withLock({ $0.isModernOnly }) else {
      throw BackendError.otherEra(backend: name, speaks: own.era)
    }
    return try await running(.legacy, isPatient: false).child
  }

  /// The children that a notification of that era concerns, if they run.
  func runningChild(of era: ProtocolVersion.Era) -> StdioChild? {
    state.withLock { state in
      state.slots.values.compactMap(\.running).first { $0.era == era }?.child
    }
  }

  /// - Parameter isPatient: whether the caller keeps to the waits between starts itself.
  func running(_ place: Place, isPatient: Bool) async throws -> Running {
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
      let task = Task { try await self.start(place) }
      slot.starting = task
      slot.starts += 1
      state.slots[place] = slot
      return task
    }
    return try await task.value
  }

  private func start(_ place: Place) async throws -> Running {
    do {
      let running =
        switch place {
        case .own: try await probe()
        case .legacy: try await initializeAnother()
        }
      let isAlive = state.withLock { state in
        guard state.children[ObjectIdentifier(running.child)] != nil else { return false }
        state.slots[place]?.running = running
        if place == .own { state.isModernOnly = false }
        return true
      }
      guard isAlive else {
        throw BackendError.unavailable(
          backend: name, reason: "its process ended right after its start", since: .now)
      }
      if place == .legacy {
        events.proved(.legacy)
        watch(running.child)
      }
      return running
    } catch {
      let failure = BackendError.wrapping(error, backend: name)
      state.withLock { state in
        if place == .legacy, case .otherEra = failure { state.isModernOnly = true }
        guard var slot = state.slots[place] else { return }
        slot.starting = nil
        slot.notBefore = .now + slot.backoff.next()
        slot.lastError = failure
        state.slots[place] = slot
      }
      throw failure
    }
  }

  /// Ends the second child when its time has come.
  private func watch(_ child: StdioChild) {
    Task { [weak self, weak child, idleTime] in
      var wait = idleTime
      while wait > .zero {
        try? await Task.sleep(for: wait)
        guard let child, !child.hasEnded else { return }
        guard let left = self?.retire(child) else { return }
        wait = left
      }
      guard let self, let child else { return }
      self.logger.info("\(self.name): the process for legacy clients ends, it is not used")
      await child.stop()
    }
  }

  /// Lets go of the second child unless it was used since; how long it is still to be kept.
  private func retire(_ child: StdioChild) -> Duration {
    state.withLock { state in
      // Whoever finds it here touches it under this lock.
      let left = idleTime - child.idleTime
      guard left <= .zero, var slot = state.slots[.legacy], slot.running?.child === child else {
        return max(left, .milliseconds(1))
      }
      slot.running = nil
      slot.starting = nil
      slot.restarts += max(0, slot.starts - 1)
      slot.starts = 0
      slot.backoff.reset()
      slot.notBefore = nil
      state.slots[.legacy] = slot
      return .zero
    }
  }

  func launchChild() throws -> StdioChild {
    let events = events
    let child = StdioChild(
      backend: name, launch: launch, logger: logger,
      events: .init(
        ended: { [weak self] in self?.ended($0, $1, wasAsked: $2) },
        listChanged: events.listChanged, failed: events.failed, succeeded: events.succeeded))
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
      return place == .own && !wasAsked ? wait : nil
    }
    guard !wasAsked else { return }
    logger.warning("\(name): \(error.description)")
    if let wait { events.ended(error, wait) }
  }

  func stop() async {
    let children = state.withLock { state in
      state.isStopped = true
      return Array(state.children.values)
    }
    await withDiscardingTaskGroup { group in
      for child in children { group.addTask { await child.stop() } }
    }
  }
}
