import Logging
import NIOCore

/// What the log is told of this connection's requests.
extension ClientConnection {
  /// A call, read, prompt or completion begins.
  func beginCall(_ method: Method, _ name: JSONString) {
    guard request.call == nil else { return }
    request.call = CallRecord(method: method, began: loop.now, name: name)
  }

  /// It is over, with what its answer was found to be, or else with `otherwise`.
  func endCall(_ otherwise: CallOutcome) {
    guard let call = request.call else { return countUse() }
    request.call = nil
    let measure = LoopActivity.Measure(
      bytesIn: request.body.readableBytes, bytesOut: answer.inspector.count,
      time: loop.now - call.began)
    let outcome = answer.outcome ?? otherwise
    let tool = call.method == .toolsCall ? call.target : nil
    count(
      LoopUsage.Operation(
        method: call.method, backend: call.backend, target: tool.map(ObjectIdentifier.init)),
      tool, outcome, measure)
    guard loop.activity != nil, let origin else { return }
    let backend = call.backend.flatMap { loop.routes.route($0) }?.view.configuration.name
    let arguments = arguments(of: call)
    withName(of: call) { name in
      loop.activity?.record(
        call, outcome, measure, by: origin, backend: backend, name: name, arguments: arguments)
    }
    loop.handOverActivity()
  }

  /// What the backend calls the operation, or what it was asked for by where no catalog has it. A read
  /// is of its URI, whatever template that fits.
  private func withName<Result>(
    of call: CallRecord, _ use: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    guard let target = call.target, call.method != .resourcesRead else {
      return withText(call.name, use)
    }
    return target.name.withUnsafeBytes(use)
  }

  /// A request that is no call shows all the same that its key is in use.
  private func countUse() {
    guard request.isBodyRead, !request.isUseCounted else { return }
    request.isUseCounted = true
    count(LoopUsage.Operation(), nil, nil, nil)
  }

  private func count(
    _ operation: LoopUsage.Operation, _ target: RouteTarget?, _ outcome: CallOutcome?,
    _ measure: LoopActivity.Measure?
  ) {
    guard loop.usage != nil, let caller = request.caller else { return }
    let use = LoopUsage.Use(
      caller: caller, credential: request.credential,
      time: loop.clock.microseconds(loop.now), address: address, session: request.session)
    loop.usage?.count(operation, target, outcome, measure, by: use) {
      request.envelope?.clientInfo.flatMap {
        $0.count <= LoopUsage.clientInfoLimit ? request.bodyBytes($0) : nil
      }
    }
    loop.handOverUsage()
  }

  /// What a call was made with, where the configuration wants that told.
  private func arguments(of call: CallRecord) -> [UInt8]? {
    guard let rules = server.argumentRules, let backend = call.backend, call.method == .toolsCall,
      let range = request.envelope?.arguments
    else { return nil }
    let isWanted = withName(of: call) { rules.decide(.named(backend, name: $0)).isAllowed }
    guard isWanted, range.count <= AuditSettings.argumentsLimit else { return nil }
    // Written anew: white space between tokens may hold line ends.
    return request.bodyBytes(range).flatMap { try? JSONValue.parse($0).bytes }
  }

  /// The caller may reach nothing of the endpoint.
  func recordDenial(_ rule: String, backend: BackendID?) {
    count(LoopUsage.Operation(backend: backend), nil, .denied(.notInAllowList), nil)
    guard let origin else { return }
    let name = backend.flatMap { loop.routes.route($0) }?.view.configuration.name
    loop.activity?.recordDenial(rule, backend: name, by: origin)
    loop.handOverActivity()
  }

  func record(_ event: AuditEvent, _ members: [(name: StaticString, value: String)]) {
    guard let origin else { return }
    loop.activity?.record(event, by: origin, members)
    loop.handOverActivity()
  }

  func recordSession(_ event: AuditEvent) {
    guard let token = request.session?.token else { return }
    let info = token.client.info
    let user = request.caller?.username ?? token.principal.description
    server.live.events.tell(.session) {
      [
        "event": .string(event.rawValue), "user": .string(user),
        "id": .string(String(token.number.description.prefix(LiveState.idLength))),
        "client": token.client.name.map(JSONValue.string) ?? .null,
      ]
    }
    record(
      event,
      [
        ("client", info?["name"]?.stringValue ?? ""),
        ("client_version", info?["version"]?.stringValue ?? ""),
        ("version", token.version.rawValue), ("backend", token.backend ?? ""),
      ].filter { !$0.value.isEmpty })
  }

  /// One line a request, for whoever looks for a fault.
  func logRequest() {
    guard request.head.length > 0, !request.isLogged else { return }
    request.isLogged = true
    let path = request.text(request.head.target)?.prefix { $0 != "?" }.prefix(256) ?? ""
    var metadata: Logger.Metadata = [
      "request": "\(request.id)", "from": "\(address)",
      "method": "\(request.text(request.head.methodRange) ?? "")",
      "path": "\(SafeText.line(AdminError.withoutSecrets(String(path))))",
      "status": "\(answer.status)",
      "ms": "\((loop.now - request.began).nanoseconds / 1_000_000)",
    ]
    if let caller = request.caller {
      metadata["user"] = "\(caller.username ?? caller.principal.description)"
    }
    server.logger.debug("request", metadata: metadata)
  }

  func recordRefusal(_ refusal: AuthRefusal) {
    server.refusals.count(refusal, from: address)
  }

  /// The stream that the client reads; nil when it reads none.
  func openStream(_ now: NIODeadline) -> OpenStream? {
    guard case .answering = phase, answer.isEventStream, let principal = request.caller?.principal
    else { return nil }
    let call = request.call
    return OpenStream(
      principal: principal, client: request.session?.token.client.name, address: address,
      session: request.session?.token.number, backend: call?.backend ?? request.scope,
      tool: call?.target.map { String(decoding: $0.name, as: UTF8.self) },
      ageSeconds: Int((now - request.began).nanoseconds / 1_000_000_000))
  }

  private var origin: LoopActivity.Origin? {
    guard let caller = request.caller else { return nil }
    return LoopActivity.Origin(
      caller: caller, credential: request.credential, session: request.session?.token.number,
      address: address, requestID: request.id, time: loop.clock.text(loop.now),
      generation: loop.snapshot.generation)
  }

  private var address: String {
    switch peer {
    case .tcp(let address): address
    case .socket(let uid): "uid \(uid)"
    }
  }
}
