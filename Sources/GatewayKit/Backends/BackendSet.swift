import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import Synchronization

/// All backends of the configuration, in its order.
package final class BackendSet: Sendable {
  private enum Phase { case made, running, stopped }

  private struct State {
    var backends: [Backend] = []
    var phase = Phase.made
    var subscribers: [@Sendable ([BackendView]) -> Void] = []
    var audience = BackendAudience()
    var isPublishing = false
    var hasNews = false
  }

  private let client: HTTPClient
  private let logger: Logger
  private let grace: Duration
  private let state = Mutex(State())

  /// - Parameter group: the loops that what the gateway itself asks backends runs on.
  package init(
    _ configurations: [BackendConfiguration],
    group: any EventLoopGroup = HTTPClient.defaultEventLoopGroup,
    environment: [String: String] = ProcessInfo.processInfo.environment,
    grace: Duration = Limits().catalogGrace, logger: Logger
  ) {
    self.logger = logger
    self.grace = grace
    if let problem = BackendTLS.problem(in: environment) { logger.error("\(problem)") }
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.tlsConfiguration = BackendTLS.configuration(environment)
    configuration.timeout.connect = .seconds(10)
    configuration.httpVersion = .http1Only
    // Streams that stay open must not keep what is asked beside them waiting.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 10_000
    // As long as the data path keeps them, for the same reason.
    configuration.connectionPool.idleTimeout = BackendPeer.idleTime
    // Where nobody listens, that is the answer; when to try again is decided here.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
    let backends = configurations.map { make($0) }
    state.withLock { $0.backends = backends }
  }

  /// The client must not go without a shutdown, even where nobody called `stop`.
  deinit {
    let client = client
    Task { try? await client.shutdown() }
  }

  private func make(
    _ configuration: BackendConfiguration, isEventStream: Bool = false,
    continuing old: Backend? = nil
  ) -> Backend {
    Backend(
      configuration, isEventStream: isEventStream, continuing: old,
      control: { url, headers, habit in
        HTTPControl(
          backend: configuration.name, url: url, headers: headers, timeout: configuration.timeout,
          client: client, streamHabit: habit)
      },
      grace: grace, logger: logger, changed: { [weak self] in self?.publish() },
      replace: { [weak self] in await self?.replace($0, isEventStream: $1) })
  }

  /// Goes on with a backend in the transport that it was found to speak, and reads its catalog so.
  private func replace(_ old: Backend, isEventStream: Bool) async {
    let (new, isRunning) = state.withLock { state -> (Backend?, Bool) in
      guard state.phase != .stopped,
        let index = state.backends.firstIndex(where: { $0 === old })
      else { return (nil, false) }
      let new = make(old.written, isEventStream: isEventStream, continuing: old)
      new.tell(state.audience)
      state.backends[index] = new
      return (new, state.phase == .running)
    }
    guard let new else { return }
    if isRunning { new.start() }
    logger.notice(
      "\(new.configuration.name) speaks \(isEventStream ? "HTTP+SSE, the transport of 2024-11-05" : "Streamable HTTP")"
    )
    publish()
    // It is its own reading that led here.
    Task { await old.stop() }
    await new.refreshCatalog()
  }

  /// Sets who hears what backends tell unasked.
  package func tell(_ audience: BackendAudience) {
    let backends = state.withLock { state in
      state.audience = audience
      return state.backends
    }
    for backend in backends { backend.tell(audience) }
  }

  package func start() {
    let backends = state.withLock { state in
      state.phase = .running
      return state.backends
    }
    for backend in backends { backend.start() }
  }

  /// Ends the work of all backends and their processes.
  ///
  /// - Parameter farewell: what is still to be said to HTTP backends, at the same time.
  package func stop(
    saying farewell: @escaping @Sendable () async -> Void = {}
  ) async {
    let backends = state.withLock { state in
      state.phase = .stopped
      return state.backends
    }
    await withDiscardingTaskGroup { group in
      group.addTask { await farewell() }
      for backend in backends { group.addTask { await backend.stop() } }
    }
    try? await client.shutdown()
  }

  /// A client's session has ended, and with it what backends kept for it alone.
  package func endSession(_ number: SessionNumber) async {
    for backend in state.withLock({ $0.backends }) { await backend.endSession(number) }
  }

  /// In the order of the configuration.
  package var views: [BackendView] { state.withLock { $0.backends }.map(\.view) }

  package func backend(_ id: BackendID) -> Backend? {
    state.withLock { $0.backends.first { $0.id == id } }
  }

  /// Calls `body` with all views whenever one has changed, and once now, never two at once.
  package func onChange(_ body: @escaping @Sendable ([BackendView]) -> Void) {
    state.withLock { $0.subscribers.append(body) }
    publish()
  }

  /// One caller at a time delivers, and goes on while there is news: nobody is left with views that
  /// are older than what another delivered.
  private func publish() {
    let isMine = state.withLock { state in
      state.hasNews = true
      defer { state.isPublishing = true }
      return !state.isPublishing
    }
    guard isMine else { return }
    while true {
      let work = state.withLock { state -> ([@Sendable ([BackendView]) -> Void], [Backend])? in
        guard state.hasNews else {
          state.isPublishing = false
          return nil
        }
        state.hasNews = false
        return (state.subscribers, state.backends)
      }
      guard let (subscribers, backends) = work else { return }
      let views = backends.map(\.view)
      for subscriber in subscribers { subscriber(views) }
    }
  }

  /// Takes a new configuration: what is the same goes on untouched, what is not is stopped and
  /// started anew.
  package func apply(_ configurations: [BackendConfiguration]) async {
    let (new, gone) = state.withLock { state -> ([Backend], [Backend]) in
      var old = state.backends
      var new: [Backend] = []
      state.backends = configurations.map { configuration in
        if let index = old.firstIndex(where: { $0.written == configuration }) {
          return old.remove(at: index)
        }
        let made = make(configuration)
        made.tell(state.audience)
        new.append(made)
        return made
      }
      return (new, old)
    }
    for backend in new { backend.start() }
    publish()
    for backend in gone { await backend.stop() }
  }
}
