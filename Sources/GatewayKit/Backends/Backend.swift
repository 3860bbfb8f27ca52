import Logging
import Synchronization

/// One configured backend: what is known of it, and the work of keeping that true.
///
/// A task of its own probes it, reads its catalog, reads it again when it is due, and waits longer
/// and longer while it fails. Everybody else reads `view`.
package final class Backend: Sendable {
  package let id: BackendID
  /// What the file says.
  let written: BackendConfiguration
  /// The same, with the transport that the backend was found to speak.
  package let configuration: BackendConfiguration
  package let streamHabit = StreamHabit()
  let way: Way
  /// Listens to what an HTTP backend says unasked.
  let watch: HTTPWatch?
  /// Finds out whether a server that was found to speak HTTP+SSE has become one of Streamable HTTP.
  let successor: HTTPBackend?
  let logger: Logger
  /// How long its lists stay while it is down.
  let grace: Duration
  let state: Mutex<State>
  /// The view is another than before.
  let changed: @Sendable () -> Void
  /// It speaks another transport than the one that it was asked in: HTTP+SSE, or that no more.
  let replace: @Sendable (Backend, _ isEventStream: Bool) async -> Void

  /// Who hears what the backend says unasked.
  let listener: BackendListener

  enum Way: Sendable {
    case http(HTTPBackend)
    case stdio(StdioBackend)
    /// Switched off, or with something missing.
    case none
  }

  /// How often a backend may change its transport in some time.
  static let mostReplaced = 3
  static let replaceTime = Duration.seconds(60)

  struct State {
    var view: BackendView
    var isStopped = false
    /// When it took another transport, the last few times.
    var replaced: [ContinuousClock.Instant] = []
    var breaker: CircuitBreaker
    var backoff = Backoff()
    var maintenance: Task<Void, Never>?
    var refresh: Task<Void, Never>?
    var pauseWatch: Task<Void, Never>?
    /// When the catalog is read next, and when it was last.
    var due = ContinuousClock.now
    var lastRefresh: ContinuousClock.Instant?
    /// Something changed since the reading that is under way began.
    var isStale = false
    /// Ends the wait for that, to look at it again.
    var wake: AsyncStream<Void>.Continuation?
    /// What the last reading left out; said in the log once, not at every reading.
    var warnings: Set<String> = []
  }

  /// - Parameters:
  ///   - isEventStream: whether it was found to speak HTTP+SSE.
  ///   - old: the same backend as it was known until now.
  init(
    _ written: BackendConfiguration, isEventStream: Bool = false, continuing old: Backend? = nil,
    control: (BackendURL, [BackendHeader], StreamHabit) -> HTTPControl,
    grace: Duration, logger: Logger, changed: @escaping @Sendable () -> Void,
    replace: @escaping @Sendable (Backend, _ isEventStream: Bool) async -> Void
  ) {
    id = BackendID(written.name)
    self.written = written
    var configuration = written
    if isEventStream { configuration.useEventStream() }
    self.configuration = configuration
    self.logger = logger
    self.grace = grace
    self.changed = changed
    self.replace = replace
    var state = State(
      view: BackendView(configuration),
      breaker: CircuitBreaker(
        failures: configuration.breaker.failures, pause: configuration.breaker.pause))
    if let old = old?.state.withLock({ $0 }) {
      state.view = old.view
      state.view.configuration = configuration
      state.replaced = old.replaced.suffix(Self.mostReplaced - 1) + [.now]
      (state.breaker, state.backoff, state.warnings) = (old.breaker, old.backoff, old.warnings)
    }
    self.state = Mutex(state)
    let listener = BackendListener()
    self.listener = listener
    if isEventStream, case .http(let url, let headers) = written.transport {
      successor = HTTPBackend(name: written.name, control: control(url, headers, streamHabit))
    } else {
      successor = nil
    }
    guard !configuration.disabled, configuration.unavailable == nil else {
      way = .none
      watch = nil
      return
    }
    switch configuration.transport {
    case .http(let url, let headers):
      let http = HTTPBackend(name: configuration.name, control: control(url, headers, streamHabit))
      way = .http(http)
      watch = HTTPWatch(
        http, wanted: { [listener] in listener.wanted(nil) }, news: listener.news, logger: logger)
    case .sse(let url, let headers):
      watch = nil
      way = .stdio(
        StdioBackend(
          name: configuration.name,
          launch: .eventStream(
            EventStreamLaunch(
              url: url, headers: headers, client: control(url, headers, streamHabit).client)),
          timeout: configuration.timeout, isIsolated: configuration.isolatesSessions,
          mostIsolated: configuration.mostIsolated, logger: logger))
    case .stdio(let command, let arguments, let environment, let directory):
      watch = nil
      way = .stdio(
        StdioBackend(
          name: configuration.name,
          launch: .process(
            ChildLaunch(
              command: command, arguments: arguments, environment: environment,
              directory: directory)),
          timeout: configuration.timeout, isIsolated: configuration.isolatesSessions,
          mostIsolated: configuration.mostIsolated, logger: logger))
    }
  }

  package var view: BackendView { state.withLock { $0.view } }

  /// Changes the view and says so to whom it may concern.
  @discardableResult
  func update<Result: Sendable>(_ change: (inout State) -> Result) -> Result {
    let (result, isNews) = state.withLock { state -> (Result, Bool) in
      let before = state.view
      let result = change(&state)
      return (result, !state.view.isAlike(before))
    }
    if isNews { changed() }
    return result
  }

  func start() {
    if case .none = way { return }
    listener.backend = self
    if case .stdio(let stdio) = way { stdio.listen(stdioEvents) }
    if case .paused(let until) = view.state { watchPause(until: until) }
    let (wakes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    state.withLock { state in
      guard state.maintenance == nil, !state.isStopped else { return }
      state.wake = continuation
      state.maintenance = Task { [weak self] in
        var timer: Task<Void, Never>?
        for await _ in wakes {
          timer?.cancel()
          guard let wait = await self?.refreshIfDue() else { return }
          timer = Task {
            // A timer that was put off must not wake anybody.
            guard (try? await Task.sleep(for: wait)) != nil else { return }
            continuation.yield()
          }
        }
        timer?.cancel()
      }
    }
    continuation.yield()
  }

  func stop() async {
    let (maintenance, refresh) = state.withLock { state in
      state.isStopped = true
      state.wake?.finish()
      state.pauseWatch?.cancel()
      return (state.maintenance, state.refresh)
    }
    maintenance?.cancel()
    refresh?.cancel()
    if case .stdio(let stdio) = way { await stdio.stop() }
    await watch?.stop()
    await maintenance?.value
    await refresh?.value
  }
}
