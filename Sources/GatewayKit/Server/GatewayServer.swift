import CSyscalls
import Glibc
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization

/// A running gateway: store, backends, event loops, listener and admin socket, from start to drain.
public struct GatewayServer: Service, SecretHolder {
  /// How the configuration is read again.
  public typealias Reload = @Sendable () throws -> GatewayConfiguration

  /// What stopping takes beside the drain: ending backend sessions and children.
  public static let timeToClose = Duration.seconds(2)
  /// How much of that the backends have for their sessions' ends.
  static let timeToCloseSessions = Duration.seconds(1)

  /// How long a call waits for the stream on which its backend may ask something.
  static let patienceForStreams = Duration.milliseconds(250)

  let configuration: GatewayConfiguration
  let reload: Reload
  let logger: Logger
  let announce: @Sendable (String) -> Void

  /// - Parameters:
  ///   - configuration: what to serve.
  ///   - reload: reads the configuration again; called on SIGHUP and when its file has changed. Its
  ///     error keeps the old one.
  ///   - logger: takes what happens while it serves.
  ///   - announce: takes each line that the person who starts the gateway should read.
  public init(
    configuration: GatewayConfiguration, reload: @escaping Reload, logger: Logger,
    announce: @escaping @Sendable (String) -> Void
  ) {
    self.configuration = configuration
    self.reload = reload
    self.logger = logger
    self.announce = announce
  }

  /// Serves until a graceful shutdown is asked for and done.
  ///
  /// - Throws: what keeps the gateway from starting, each a sentence with its cure.
  public func run() async throws {
    raiseFileLimit()
    let copy =
      configuration.audit.isCopiedToStandardOutput
      ? AuditCopy(of: configuration.auditPath, logger: logger) : nil
    copy?.start()
    do {
      try await runWithLog()
    } catch {
      await copy?.finish()
      throw error
    }
    await copy?.finish()
  }

  private func runWithLog() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: UsableProcessors.count)
    do {
      let parts = try await GatewayParts.make(configuration, group: group, logger: logger)
      do {
        try await serve(parts, group)
      } catch {
        await parts.backends.stop()
        throw error
      }
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
    try? await group.shutdownGracefully()
  }

  private func serve(_ parts: GatewayParts, _ group: MultiThreadedEventLoopGroup) async throws {
    let server = parts.server
    let loops = try await makeLoops(server, group)
    tellEvents(parts)
    await recordStart(server)
    var socket: AdminSocket?
    if let path = configuration.adminSocket {
      socket = try await AdminSocket.bind(
        at: [path] + configuration.adminSocketFallbacks, group: group, server: server, loops: loops)
    }
    let listener: Listener
    do {
      listener = try await Listener.bind(
        configuration.listen, group: group, server: server, loops: loops)
    } catch {
      await socket?.close()
      throw error
    }
    server.didBind(
      "http://\(ListenAddress(host: configuration.listen.host, port: listener.port))")
    parts.readiness.isListening = true
    for line in Banner.lines(
      configuration, port: listener.port, socket: socket?.path, parts: parts)
    {
      announce(line)
    }
    ServiceNotification.ready.send()
    gateway_release_text()

    await withTaskGroup { group in
      group.addTask {
        await ConfigurationReloader(configuration, reload, parts, logger).run()
      }
      group.addTask { await closeIdleSessions(parts) }
      group.addTask { await sayWhereTheLogStands(server) }
      group.addTask { await parts.live.events.beat() }
      try? await gracefulShutdown()
      group.cancelAll()
    }

    ServiceNotification.stopping.send()
    parts.readiness.isDraining = true
    parts.live.events.finish()
    try? await listener.channel.close().get()
    await drain(server)
    await parts.backends.stop(saying: { await closeBackendSessions(parts) })
    await socket?.close()
    for handle in server.loops { _ = try? await handle.perform { $0.close() } }
    await recordStop(server)
  }

  /// Tells those who listen what changes.
  private func tellEvents(_ parts: GatewayParts) {
    let events = parts.live.events
    parts.server.store.onPublish { snapshot in
      events.tell(.store) { ["generation": .number(String(snapshot.generation))] }
    }
    let known = Mutex<[BackendID: GatewayStatus.Backend]>([:])
    parts.backends.onChange { views in
      for view in views {
        let row = StatusSource.row(view, 0)
        guard known.withLock({ $0.updateValue(row, forKey: view.id) }) != row else { continue }
        events.tell(.backend) { row.json }
      }
    }
    parts.server.usage?.onDelta { delta in events.tell(.usage) { delta.summary } }
  }

  /// On disk before anything is served: where nothing may go unlogged, a log that cannot be written
  /// shows before the first request.
  private func recordStart(_ server: ServerContext) async {
    server.activity?.append(
      AuditEntry(
        .gatewayStarted, generation: server.store.generation,
        [("version", .string(GatewayVersion.text)), ("actor", AuditActor.thisProcess.json)]))
    await server.activity?.flush()
  }

  private func recordStop(_ server: ServerContext) async {
    server.refusals.tell()
    server.activity?.append(
      AuditEntry(.gatewayStopped, generation: server.store.generation))
    if let activity = server.activity, await !activity.flush() {
      logger.error(
        "the audit log cannot be written, and \(activity.waitingCount) events of requests are lost: \(server.store.journal?.failure ?? "")"
      )
    }
    await server.usage?.settle()
  }

  /// The newest line of the audit log, where whoever rewrites that cannot reach.
  private func sayWhereTheLogStands(_ server: ServerContext) async {
    while (try? await Task.sleep(for: .seconds(3600))) != nil {
      guard let newest = server.store.journal?.newest else { continue }
      logger.notice("the audit log is at line \(newest.sequence), mac \(newest.seal.hex)")
    }
  }

  private func makeLoops(
    _ server: ServerContext, _ group: MultiThreadedEventLoopGroup
  ) async throws -> [ObjectIdentifier: LoopHandle] {
    var loops: [ObjectIdentifier: LoopHandle] = [:]
    let eventLoops = Array(group.makeIterator())
    for (index, eventLoop) in eventLoops.enumerated() {
      loops[ObjectIdentifier(eventLoop)] = try await eventLoop.submit {
        LoopHandle(
          LoopState(
            eventLoop: eventLoop, place: (index, eventLoops.count), server: server,
            snapshot: server.store.snapshot,
            routes: server.mcp.table))
      }.get()
    }
    let handles = Array(loops.values)
    server.register(handles)
    server.store.onPublish { snapshot in
      for handle in handles { handle.execute { $0.install(snapshot) } }
    }
    let changes = server.activity.map { log in
      BackendChanges(log) { server.store.generation }
    }
    server.backends.onChange { views in
      changes?.take(views)
      let routes = server.mcp.install(views)
      for handle in handles { handle.execute { $0.install(routes) } }
    }
    await server.mcp.sessions.onChange { number, entry in
      let updates = handles.map { handle in handle.submit { $0.update(number, entry) } }
      return {
        for update in updates {
          // A call that came before its session's stream could ask in vain.
          for stream in (try? await update.get()) ?? [] {
            let waiting = Task<Void, any Error> { try await stream.get() }
            _ = try? await Deadline.value(of: waiting, within: Self.patienceForStreams)
          }
        }
        if entry == nil {
          server.mcp.forget(number)
          await server.backends.endSession(number)
        }
      }
    } onEnd: { number in
      server.unsubscribeAll(of: .session(number))
      for handle in handles { handle.execute { $0.endSession(number) } }
    }
    return loops
  }

  /// Lets what is under way end, for as long as the limit allows.
  private func drain(_ server: ServerContext) async {
    for handle in server.loops { handle.execute { $0.drain() } }
    let clock = ContinuousClock()
    let deadline = clock.now + configuration.limits.drainTimeout
    while server.connections.count > 0, clock.now < deadline {
      try? await clock.sleep(for: .milliseconds(20))
    }
    if server.connections.count > 0 {
      logger.warning(
        "\(server.connections.count) connections did not end within the drain's time limit")
    }
  }

  /// Ends the sessions at the backends, as many as can be in time: a backend that does not answer
  /// must not keep the gateway from stopping.
  private func closeBackendSessions(_ parts: GatewayParts) async {
    let sessions = parts.mcp.sessions
    let closing = Task<Void, any Error> { await sessions.closeBackendSessions() }
    _ = try? await Deadline.value(of: closing, within: Self.timeToCloseSessions)
    closing.cancel()
  }

  private func closeIdleSessions(_ parts: GatewayParts) async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(60))
      await parts.mcp.sessions.closeIdle()
    }
  }

  /// A connection is a descriptor, and so is the one to its backend.
  private func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let wanted = rlim_t(configuration.limits.connections * 2 + 256)
    guard limit.rlim_cur < wanted else { return }
    limit.rlim_cur = min(wanted, limit.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
