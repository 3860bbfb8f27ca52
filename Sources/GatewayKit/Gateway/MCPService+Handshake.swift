/// `initialize` and `server/discover`: what the gateway says of itself and of what it reaches.
extension MCPService {
  /// Begins a legacy session. The backend's own answer on `/mcp/{backend}`, the union on `/mcp`.
  package func initialize(_ call: MCPCall) async -> MCPAnswer {
    guard let params = call.value(call.envelope.params)?.objectValue,
      let asked = params["protocolVersion"]?.stringValue
    else {
      return .error(call, .invalidParams("initialize needs params.protocolVersion, a string"))
    }
    guard let offered = params["capabilities"], offered.objectValue != nil else {
      return .error(call, .invalidParams("initialize needs params.capabilities, an object"))
    }
    // The client's version if it is spoken here, else the newest that is (2025-11-25, Lifecycle).
    let version =
      ProtocolVersion(rawValue: asked).flatMap { $0.era == .legacy ? $0 : nil }
      ?? .newestLegacy
    let client = ClientIdentity(info: params["clientInfo"], capabilities: offered)
    let table = await settledTable(for: call)
    var link: SessionEntry.Link?
    if let scope = call.scope, let backend = backends.backend(scope),
      case .http = backend.configuration.transport, !backend.view.refusesLegacy
    {
      do {
        let session = try await backend.openSession(client: client, version: version)
        link = SessionEntry.Link(backend: scope, session: session)
      } catch BackendError.otherEra(_, .modern) {
        // Its calls are bridged.
      } catch {
        return .error(call, BackendError.wrapping(error, backend: scope.name).rpcError)
      }
    }
    let spoken = link?.session.version ?? version
    guard
      let session = await sessions.begin(
        principal: call.caller.principal, version: spoken, client: client,
        backend: call.scope?.name, link: link)
    else {
      if let link { await backends.backend(link.backend)?.closeSession(link.session) }
      return .error(
        call,
        .invalidParams(
          "clientInfo and capabilities are too large: a session id holds at most \(SessionToken.sizeLimit) bytes"
        ))
    }
    var result = JSONObject()
    result["protocolVersion"] = .string(spoken.rawValue)
    let routes = routes(in: table, for: call)
    result["capabilities"] = capabilities(of: routes, for: .legacy)
    result["serverInfo"] = serverInfo(routes, call)
    result["instructions"] = instructions(of: routes, call).map { .string($0) }
    var answer = MCPAnswer.result(call, .object(result))
    answer.session = session
    return answer
  }

  package func discover(_ call: MCPCall) async -> MCPAnswer {
    let table = await settledTable(for: call)
    let routes = routes(in: table, for: call)
    let isComplete = routes.allSatisfy { $0.view.catalog != nil }
    var result = JSONObject()
    result["resultType"] = "complete"
    result["supportedVersions"] = .array(
      ProtocolVersion.allCases.reversed().map { .string($0.rawValue) })
    result["capabilities"] = capabilities(of: routes, for: .modern)
    result["instructions"] = instructions(of: routes, call).map(JSONValue.string)
    result["ttlMs"] = .number(isComplete ? "60000" : "0")
    result["cacheScope"] = "private"
    result["_meta"] = .object(
      JSONObject([("io.modelcontextprotocol/serverInfo", serverInfo(routes, call))]))
    return .result(call, .object(result))
  }

  /// What one of the backends can, the gateway can; on `/mcp/{backend}` what that one says of itself.
  private func capabilities(
    of routes: [RoutingTable.Route], for era: ProtocolVersion.Era
  ) -> JSONValue {
    var union = JSONObject()
    for route in routes {
      guard let own = route.view.catalog?.capabilities.objectValue else { continue }
      for (name, value) in own.members where isSaid(name, to: era, by: route) {
        guard let members = value.objectValue else {
          if union[name] == nil { union[name] = value }
          continue
        }
        var known = union[name]?.objectValue ?? JSONObject()
        // Which tool made a task, and so whether it may be seen, cannot be told from a list.
        for (key, value) in members.members where known[key] == nil || value == true {
          if name != "tasks" || key != "list" { known[key] = value }
        }
        union[name] = .object(known)
      }
    }
    // The gateway itself tells when what a caller may see changes.
    for name in ListChange.all.map(\.capability) where union[name] != nil {
      var members = union[name]?.objectValue ?? JSONObject()
      members["listChanged"] = true
      union[name] = .object(members)
    }
    return .object(union)
  }

  /// Tasks were one thing until 2025-11-25 and are another, an extension, since: they cannot be bridged,
  /// and neither can what other extensions do.
  private func isSaid(
    _ name: String, to era: ProtocolVersion.Era, by route: RoutingTable.Route
  ) -> Bool {
    switch name {
    case "tasks", "extensions": route.view.eras.contains(era)
    default: true
    }
  }

  private func serverInfo(_ routes: [RoutingTable.Route], _ call: MCPCall) -> JSONValue {
    if call.scope != nil, let info = routes.first?.view.catalog?.serverInfo { return info }
    return GatewayIdentity.serverInfo
  }

  private func instructions(of routes: [RoutingTable.Route], _ call: MCPCall) -> String? {
    if call.scope != nil { return routes.first?.view.catalog?.instructions }
    let parts = routes.compactMap { route in
      route.view.catalog?.instructions.map { "\(route.view.configuration.name): \($0)" }
    }
    return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
  }
}
