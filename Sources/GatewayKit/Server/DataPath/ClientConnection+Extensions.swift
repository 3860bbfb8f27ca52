import NIOCore

/// Tasks, and methods that no revision of the protocol has.
extension ClientConnection {
  // MARK: Tasks

  /// `tasks/…`: to the backend that the id names, if the caller may use the tool that made the task.
  func routeTask(_ envelope: Envelope) {
    guard let id = envelope.taskID, let text = request.bodyText(id), let caller = request.caller
    else { return answerError(.invalidParams("params.taskId is missing: it is a task's id")) }
    guard let (task, backend) = task(text, caller)
    else { return answerError(.invalidParams("Unknown task: \(text)")) }
    var forward = Forward(
      backend: backend, splice: (id.range, RouteTarget(backend: backend, name: task.id)),
      isRepeatable: envelope.method == .tasksGet)
    forward.task = task
    self.forward(forward)
  }

  /// What an id of the caller's stands for, and where the task is.
  func task(_ id: String, _ caller: Caller) -> (TaskIDs.Task, BackendID)? {
    guard let task = server.taskIDs.open(id, for: caller.principal),
      let route = loop.routes.routes.first(where: { $0.view.configuration.name == task.backend }),
      (request.scope ?? route.id) == route.id, isAllowed(task, at: route.id, caller),
      let era = request.era, route.view.eras.contains(era)
    else { return nil }
    return (task, route.id)
  }

  func isAllowed(
    _ task: TaskIDs.Task, at backend: BackendID, _ caller: Caller
  ) -> Bool {
    var tool = task.tool
    return tool.withUTF8 {
      caller.rules.decide(.named(backend, name: UnsafeRawBufferPointer($0))).isAllowed
    }
  }

  /// Whether a request makes a task, may make one, or is about one.
  func concernsTask(_ forward: Forward, _ route: RoutingTable.Route) -> Bool {
    guard forward.task == nil else { return true }
    guard let envelope = request.envelope, envelope.method == .toolsCall, let era = request.era,
      let capabilities = route.view.catalog?.capabilities
    else { return false }
    switch era {
    case .legacy:
      return envelope.task != nil && capabilities["tasks"] != nil
    case .modern:
      return capabilities["extensions"]?[TasksExtension.name] != nil && hasTasks(envelope)
    }
  }

  /// Whether a modern client has the tasks extension.
  func hasTasks(_ envelope: Envelope) -> Bool {
    request.value(of: envelope.clientCapabilities)?["extensions"]?[TasksExtension.name] != nil
  }

  func tasks(of forward: Forward) -> TaskMessages? {
    guard let caller = request.caller, let route = loop.routes.route(forward.backend),
      concernsTask(forward, route)
    else { return nil }
    let tool =
      forward.task?.tool ?? forward.splice.map { String(decoding: $0.target.name, as: UTF8.self) }
      ?? request.bodyText(request.envelope?.name) ?? ""
    return TaskMessages(
      server.taskIDs, principal: caller.principal, backend: route.view.configuration.name,
      tool: tool,
      maker: request.session.map {
        TaskIDs.Maker(
          session: $0.token.number,
          isApart: loop.peer(forward.backend) != nil || route.view.configuration.isolatesSessions)
      })
  }

  /// Between parties of one era over HTTP, message by message for the ids in them.
  func exchangeTask(_ forward: Forward, _ peer: BackendPeer, _ route: RoutingTable.Route) {
    guard let envelope = request.envelope, let era = request.era,
      let id = request.bodyBytes(envelope.id)
    else { return }
    var translated = RequestTranslation()
    translated.isWithinEra = true
    translated.name = forward.splice.map { ($0.range, $0.target.jsonName) }
    let lines: [UInt8]
    var onLostSession: (() -> Bool)?
    switch era {
    case .modern:
      lines = modernLines(forward, envelope)
    case .legacy:
      guard let session = request.session else { return reply(missingSession) }
      guard let link = session.link(forward.backend) else {
        return self.link(session, to: forward.backend, replacing: nil)
      }
      lines = link.headerLines
      onLostSession = whenLost(forward, link) { $0.remake(session, link) }
    }
    begin(
      forward, CallTranslation(.none, method: envelope.method, id: id), translated,
      capabilities: clientCapabilities,
      in: request.session,
      over: HTTPCallTransport(
        peer: peer, era: era, headerLines: lines, isRepeatable: forward.isRepeatable, loop: loop,
        onLostSession: onLostSession))
  }

  // MARK: Methods that no revision has

  /// By the rule of what it names: a tool's or prompt's name, or a resource's URI. On the joint endpoint
  /// that tells the backend too. Access lists could not judge a method that names nothing: there is none.
  func routeUnknown(_ envelope: Envelope) {
    guard envelope.method == nil, let name = envelope.operand
    else { return answerError(.methodNotFound(methodName(envelope))) }
    let routes = loop.routes
    let isNamed = envelope.name != nil
    let target =
      request.scope != nil
      ? nil
      : withText(name) { bytes in
        isNamed
          ? routes.tools[bytes] ?? routes.prompts[bytes]
          : routes.resources[bytes] ?? routes.template(matching: Array(bytes))
      }
    let renamed = isNamed ? target : nil
    guard let backend = request.scope ?? target?.backend, routes.route(backend) != nil,
      (renamed.map(decision) ?? decision(backend, name)).isAllowed
    else { return answerError(.methodNotFound(methodName(envelope))) }
    forward(
      Forward(backend: backend, splice: renamed.map { (name.range, $0) }, isRepeatable: false))
  }

  private func methodName(_ envelope: Envelope) -> String {
    request.bodyText(envelope.methodName) ?? ""
  }
}
