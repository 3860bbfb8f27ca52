import Synchronization

/// Puts together what `/status` shows, from those who know it.
final class StatusSource: Sendable {
  private let configuration: GatewayConfiguration
  private let store: UserStore
  private let backends: BackendSet
  private let mcp: MCPService
  private let outcome: ConfigurationOutcome
  private let live: LiveState
  private let started = Timestamp.now
  private let server = Mutex<ServerContext?>(nil)

  init(
    configuration: GatewayConfiguration, store: UserStore, backends: BackendSet, mcp: MCPService,
    outcome: ConfigurationOutcome, live: LiveState
  ) {
    self.configuration = configuration
    self.store = store
    self.backends = backends
    self.mcp = mcp
    self.outcome = outcome
    self.live = live
  }

  /// The server is made after the routes that show its state.
  func attach(_ server: ServerContext) { self.server.withLock { $0 = server } }

  func current() async -> GatewayStatus {
    let server = server.withLock { $0 }
    var inFlight: [BackendID: Int] = [:]
    for handle in server?.loops ?? [] {
      let counts = (try? await handle.perform { $0.inFlight }) ?? [:]
      inFlight.merge(counts, uniquingKeysWith: +)
    }
    let sessions = await mcp.sessions.entries.count
    let used = [
      "limits.connections": server?.connections.count ?? 0,
      "limits.streamsPerPrincipal": server?.streams.mostOfOne ?? 0,
      "bridge.parkedCalls": server?.parked.count ?? 0,
      "limits.sessionsPerPrincipal": await mcp.sessions.mostOfOne,
    ]
    let warnings = outcome.warnings + mcp.table.collisions.map(\.description)
    return GatewayStatus(
      name: "mcp-gateway", version: GatewayVersion.text, demo: configuration.isDemo,
      startedAt: started.iso, uptimeSeconds: Int(started.duration(to: .now).components.seconds),
      listen: server?.address ?? configuration.listen.description,
      protocolVersions: ProtocolVersion.allCases.map(\.rawValue), store: storeState,
      audit: auditState,
      backends: backends.views.map { Self.row($0, inFlight[$0.id] ?? 0) },
      connections: server?.connections.count ?? 0, streams: server?.streams.count ?? 0,
      sessions: sessions, parkedCalls: server?.parked.count ?? 0,
      sessionList: await live.sessions(limit: LiveState.statusLimit),
      streamList: Array(await live.streams().prefix(LiveState.statusLimit)),
      limits: Limits.table.map { limit in
        GatewayStatus.Limit(
          name: limit.name, value: limit.number(in: configuration.limits), unit: limit.unit,
          text: limit.text(in: configuration.limits), used: used[limit.name])
      },
      warnings: warnings)
  }

  private var storeState: GatewayStatus.Store {
    var state = GatewayStatus.Store(path: store.path, generation: store.generation, state: "ok")
    if case .unreadable(let since, let error) = store.health {
      state.state = "unreadable"
      state.since = since.iso
      state.error = error.description
    }
    return state
  }

  private var auditState: GatewayStatus.Audit? {
    guard let journal = store.journal else { return nil }
    let newest = journal.newest
    return GatewayStatus.Audit(
      path: journal.path, sequence: newest?.sequence, mac: newest?.seal.hex,
      error: journal.failure)
  }

  static func row(_ view: BackendView, _ inFlight: Int) -> GatewayStatus.Backend {
    let transport =
      switch view.configuration.transport {
      case .http(let url, _): url.isTLS ? "https" : "http"
      case .sse: "sse"
      case .stdio: "stdio"
      }
    return GatewayStatus.Backend(
      name: view.configuration.name, title: view.configuration.title, transport: transport,
      state: view.state.name, since: view.since.iso, lastError: view.lastError,
      nextTry: view.nextTry?.iso, eras: view.eras.map(\.rawValue).sorted(),
      versions: view.versions, tools: view.catalog?.tools.count,
      prompts: view.catalog?.prompts.count, resources: view.catalog?.resources.count,
      templates: view.catalog?.templates.count, inFlight: inFlight,
      latencyMilliseconds: view.latency.map { Int($0.milliseconds) },
      childPID: view.childPID, restarts: transport == "stdio" ? view.restarts : nil)
  }
}
