import Synchronization

/// Puts together what `/status` shows, from those who know it.
final class StatusSource: Sendable {
  private let configuration: GatewayConfiguration
  private let store: UserStore
  private let backends: BackendSet
  private let mcp: MCPService
  private let reloadFailure: LastFailure
  private let started = Timestamp.now
  private let server = Mutex<ServerContext?>(nil)

  init(
    configuration: GatewayConfiguration, store: UserStore, backends: BackendSet, mcp: MCPService,
    reloadFailure: LastFailure
  ) {
    self.configuration = configuration
    self.store = store
    self.backends = backends
    self.mcp = mcp
    self.reloadFailure = reloadFailure
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
    let sessions = await mcp.sessions.count
    let warnings =
      configuration.warnings + mcp.table.collisions.map(\.description)
      + (reloadFailure.current.map { ["the configuration was not taken: \($0)"] } ?? [])
    return GatewayStatus(json: [
      "name": "mcp-gateway",
      "version": .string(GatewayVersion.text),
      "demo": .bool(configuration.isDemo),
      "startedAt": .string(started.iso),
      "uptimeSeconds": .number("\(started.duration(to: .now).components.seconds)"),
      "listen": .string(server?.address ?? configuration.listen.description),
      "protocolVersions": .array(ProtocolVersion.allCases.map { .string($0.rawValue) }),
      "store": storeState,
      "backends": .array(backends.views.map { row($0, inFlight[$0.id] ?? 0) }),
      "connections": .number("\(server?.connections.count ?? 0)"),
      "streams": .number("\(server?.streams.count ?? 0)"),
      "sessions": .number("\(sessions)"),
      "limits": .object(
        JSONObject(
          Limits.table.map {
            (key: $0.name, value: .string($0.text(in: configuration.limits)))
          })),
      "warnings": .array(warnings.map(JSONValue.string)),
    ])
  }

  private var storeState: JSONValue {
    var state = JSONObject([
      ("path", .string(store.path)), ("generation", .number("\(store.generation)")),
    ])
    switch store.health {
    case .ok: state["state"] = "ok"
    case .unreadable(let since, let error):
      state["state"] = "unreadable"
      state["since"] = .string(since.iso)
      state["error"] = .string(error.description)
    }
    return .object(state)
  }

  private func row(_ view: BackendView, _ inFlight: Int) -> JSONValue {
    var row = JSONObject([("name", .string(view.configuration.name))])
    row["title"] = view.configuration.title.map(JSONValue.string)
    if configuration.isDemo { row["demo"] = true }
    switch view.configuration.transport {
    case .http(let url, _): row["transport"] = url.isTLS ? "https" : "http"
    case .stdio: row["transport"] = "stdio"
    }
    row["state"] = .string(view.state.name)
    row["since"] = .string(view.since.iso)
    row["lastError"] = view.lastError.map(JSONValue.string)
    row["nextTry"] = view.nextTry.map { .string($0.iso) }
    row["eras"] = .array(view.eras.map(\.rawValue).sorted().map(JSONValue.string))
    row["versions"] = .array(view.versions.map(JSONValue.string))
    let counts = [
      ("tools", view.catalog?.tools.count), ("prompts", view.catalog?.prompts.count),
      ("resources", view.catalog?.resources.count), ("templates", view.catalog?.templates.count),
    ]
    for (name, count) in counts { row[name] = .number("\(count ?? 0)") }
    row["inFlight"] = .number("\(inFlight)")
    row["latencyMilliseconds"] = view.latency.map { .number("\($0.milliseconds)") }
    row["childPID"] = view.childPID.map { .number("\($0)") }
    if case .stdio = view.configuration.transport { row["restarts"] = .number("\(view.restarts)") }
    return .object(row)
  }
}
