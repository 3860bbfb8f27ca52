import Logging
import Synchronization

/// One configured backend: what is known of it, and the work of keeping that true.
///
/// A task of its own probes it, reads its catalog, reads it again when it is due, and waits longer
/// and longer while it fails. Everybody else reads `view`.
package final class Backend: Sendable {
  package let id: BackendID
  package let configuration: BackendConfiguration
  private let way: Way
  private let logger: Logger
  private let state: Mutex<State>
  private let changed: @Sendable () -> Void

  private enum Way: Sendable {
    case http(HTTPBackend)
    case stdio(StdioBackend)
    /// Switched off, or with something missing.
    case none
  }

  private struct State {
    var view: BackendView
    var breaker: CircuitBreaker
    var maintenance: Task<Void, Never>?
    var refresh: Task<Void, Never>?
    var failedRefreshes = 0
    /// Ends the wait between two refreshes.
    var wake: AsyncStream<Void>.Continuation?
  }

  init(
    _ configuration: BackendConfiguration, control: (BackendURL, [BackendHeader]) -> HTTPControl,
    logger: Logger, changed: @escaping @Sendable () -> Void
  ) {
    id = BackendID(configuration.name)
    self.configuration = configuration
    self.logger = logger
    self.changed = changed
    state = Mutex(
      State(
        view: BackendView(configuration),
        breaker: CircuitBreaker(
          failures: configuration.breaker.failures, pause: configuration.breaker.pause)))
    guard !configuration.disabled, configuration.unavailable == nil else {
      way = .none
      return
    }
    switch configuration.transport {
    case .http(let url, let headers):
      way = .http(
        HTTPBackend(name: configuration.name, control: control(url, headers), logger: logger))
    case .stdio(let command, let arguments, let environment, let directory):
      way = .stdio(
        StdioBackend(
          name: configuration.name,
          launch: .init(
            command: command, arguments: arguments, environment: environment,
            directory: directory),
          timeout: configuration.timeout, logger: logger))
    }
  }

  package var view: BackendView { state.withLock { $0.view } }

  // MARK: Keeping up

  func start() {
    if case .none = way { return }
    if case .stdio(let stdio) = way {
      stdio.onEnd { [weak self] error in self?.childEnded(error) }
      stdio.onListChanged { [weak self] in self?.wake() }
    }
    let (wakes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let task = Task { [weak self] in
      var wakes = wakes.makeAsyncIterator()
      while !Task.isCancelled {
        await self?.refreshCatalog()
        guard let wait = self?.untilNextRefresh() else { return }
        let timer = Task {
          try? await Task.sleep(for: wait)
          continuation.yield()
        }
        _ = await wakes.next()
        timer.cancel()
      }
    }
    state.withLock {
      $0.wake = continuation
      $0.maintenance = task
    }
  }

  func stop() async {
    let (maintenance, refresh) = state.withLock { ($0.maintenance, $0.refresh) }
    maintenance?.cancel()
    refresh?.cancel()
    state.withLock { $0.wake?.finish() }
    if case .stdio(let stdio) = way { await stdio.stop() }
  }

  private func wake() { _ = state.withLock { $0.wake?.yield() } }

  /// A minute and more while it fails, doubling from a second; its catalog's lifetime else.
  private func untilNextRefresh() -> Duration {
    let wait = state.withLock { state -> Duration in
      guard state.failedRefreshes > 0 else {
        return state.view.catalog?.timeToLive ?? Catalog.standardTimeToLive
      }
      let seconds = min(60.0, Double(1 << min(6, state.failedRefreshes - 1)))
      let wait = Duration.milliseconds(Int(seconds * Double.random(in: 800...1200)))
      state.view.nextTry = Timestamp.now.advanced(by: wait)
      return wait
    }
    return wait
  }

  /// Probes the backend and reads its catalog now; who asks meanwhile waits for the same reading.
  package func refreshCatalog() async {
    if case .none = way { return }
    let task = state.withLock { state -> Task<Void, Never> in
      if let running = state.refresh { return running }
      let task = Task {
        await self.refresh()
        self.state.withLock { $0.refresh = nil }
      }
      state.refresh = task
      return task
    }
    await task.value
  }

  private func refresh() async {
    let clock = ContinuousClock()
    let began = clock.now
    do {
      let findings: HTTPBackend.Findings
      switch way {
      case .http(let http): findings = try await http.findings()
      case .stdio(let stdio): findings = try await stdio.findings()
      case .none: return
      }
      succeeded(findings, latency: clock.now - began)
    } catch is CancellationError {
      return
    } catch {
      let reason = (error as? BackendError)?.description ?? "\(error)"
      failed(SafeText.line(reason), countsForRefresh: true)
    }
  }

  private func succeeded(_ findings: HTTPBackend.Findings, latency: Duration) {
    var pid: Int32?
    var restarts = 0
    if case .stdio(let stdio) = way { (pid, restarts) = stdio.process }
    let news = state.withLock { state -> Bool in
      let wasUp = state.view.state == .up
      state.failedRefreshes = 0
      state.breaker.close()
      if !wasUp {
        state.view.state = .up
        state.view.since = .now
      }
      state.view.lastError = nil
      state.view.nextTry = nil
      state.view.eras = findings.eras
      state.view.versions = findings.versions
      state.view.isSessionless = findings.isSessionless
      state.view.catalog = findings.catalog
      state.view.latency = latency
      state.view.childPID = pid
      state.view.restarts = restarts
      return !wasUp
    }
    if news {
      logger.notice(
        "\(configuration.name) is up: \(findings.catalog.tools.count) tools, \(findings.versions.joined(separator: ", "))"
      )
    }
    changed()
  }

  private func failed(_ reason: String, countsForRefresh: Bool) {
    let news = state.withLock { state -> Bool in
      if countsForRefresh { state.failedRefreshes += 1 }
      let wasDown = state.view.state == .down
      if !wasDown {
        state.view.state = .down
        state.view.since = .now
      }
      state.view.lastError = reason
      return !wasDown
    }
    if news { logger.warning("\(configuration.name) is down: \(reason)") }
    changed()
  }

  private func childEnded(_ error: BackendError) {
    failed(error.description, countsForRefresh: false)
    wake()
  }

  // MARK: From the data path

  /// A call went wrong. Enough of them in a row open the circuit breaker.
  package func recordFailure(_ failure: BackendFailure) {
    let reason = SafeText.line(failure.description)
    let paused = state.withLock { state -> Timestamp? in
      state.view.lastError = reason
      guard let until = state.breaker.recordFailure(now: .now) else { return nil }
      state.view.state = .paused(until: until)
      state.view.since = .now
      state.view.nextTry = until
      return until
    }
    guard let paused else {
      wake()
      return
    }
    logger.warning("\(configuration.name) is paused after errors: \(reason)")
    changed()
    Task { [weak self] in
      try? await Task.sleep(for: Timestamp.now.duration(to: paused))
      self?.endPause(paused)
    }
  }

  /// After the pause calls may try again; the next one decides.
  private func endPause(_ until: Timestamp) {
    let ended = state.withLock { state -> Bool in
      guard state.view.state == .paused(until: until) else { return false }
      state.view.state = .down
      state.view.nextTry = nil
      return true
    }
    guard ended else { return }
    changed()
    wake()
  }

  /// A call went well, after others did not.
  package func recordSuccess() {
    let news = state.withLock { state -> Bool in
      state.breaker.close()
      guard state.view.state != .up, state.view.catalog != nil else { return false }
      state.view.state = .up
      state.view.since = .now
      state.view.lastError = nil
      state.view.nextTry = nil
      return true
    }
    if news {
      logger.notice("\(configuration.name) is up again")
      changed()
    }
  }

  // MARK: Sessions and messages

  /// Begins a legacy session at an HTTP backend.
  package func openSession(
    client: ClientIdentity, version: ProtocolVersion
  ) async throws -> BackendSession {
    guard case .http(let http) = way else {
      throw BackendError.unavailable(
        backend: configuration.name, reason: "it has no sessions", since: nil)
    }
    return try await http.openSession(client: client, version: version)
  }

  package func closeSession(_ session: BackendSession) async {
    if case .http(let http) = way { await http.closeSession(session) }
  }

  /// Has a stdio backend's child of that era answer a request: its progress, then its response.
  package func exchange(
    _ body: [UInt8], era: ProtocolVersion.Era, envelope: Envelope
  ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
    guard case .stdio(let stdio) = way else {
      throw BackendError.unavailable(
        backend: configuration.name, reason: configuration.unavailable ?? "it is switched off",
        since: view.since)
    }
    return try await stdio.child(of: era).exchange(body, envelope)
  }
}
