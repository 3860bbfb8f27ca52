import NIOCore

/// From an operation's name to its backend, and from there to the bytes that are sent.
extension ClientConnection {
  /// `tools/call`, `prompts/get`, `resources/read`, `completion/complete`.
  func route(_ envelope: Envelope) {
    guard let name = envelope.operand else {
      answerError(.invalidParams(missingOperand(envelope)))
      return
    }
    if let method = envelope.method { beginCall(method, name) }
    if let scope = request.scope {
      request.call?.backend = scope
      if envelope.method == .toolsCall {
        let target = withText(name) { loop.routes.tool($0, of: scope) }
        request.call?.target = target
      }
      if case .deny(let rule) = decision(scope, name) {
        return answerUnknown(envelope, name, denied: rule)
      }
      if let error = withText(name, { parameterMismatch(scope, tool: $0, envelope) }) {
        return answerError(error)
      }
      forward(
        Forward(backend: scope, splice: nil, isRepeatable: isRepeatable(envelope)))
      return
    }
    guard let target = target(of: envelope, name) else {
      return answerUnknown(envelope, name, denied: nil)
    }
    request.call?.backend = target.backend
    request.call?.target = target
    if case .deny(let rule) = decision(target) {
      return answerUnknown(envelope, name, denied: rule)
    }
    let mismatch = target.name.withUnsafeBytes {
      parameterMismatch(target.backend, tool: $0, envelope)
    }
    if let mismatch { return answerError(mismatch) }
    forward(to: target, name, envelope)
  }

  /// What is wrong with a modern call's `Mcp-Param-…` headers (2026-07-28, Server Behavior for
  /// Custom Headers).
  private func parameterMismatch(
    _ backend: BackendID, tool: UnsafeRawBufferPointer, _ envelope: Envelope
  ) -> JSONRPCError? {
    guard request.era == .modern, envelope.method == .toolsCall,
      let parameters = loop.routes.headerParameters(backend, tool: tool)
    else { return nil }
    return request.headBytes.withUnsafeReadableBytes { head in
      request.body.withUnsafeReadableBytes { body in
        parameters.mismatch(
          arguments: envelope.arguments.map { UnsafeRawBufferPointer(rebasing: body[$0]) }
        ) { field in request.head.forEachField(in: head, field) }
      }
    }
  }

  private func forward(to target: RouteTarget, _ name: JSONString, _ envelope: Envelope) {
    // URIs are the backend's own here too; only names of tools and prompts are ours.
    let isURI = envelope.method == .resourcesRead || envelope.refURI != nil
    let isSame =
      isURI
      || request.body.withUnsafeReadableBytes { body in
        UnsafeRawBufferPointer(rebasing: body[name.range]).isSame(as: target.jsonName)
      }
    forward(
      Forward(
        backend: target.backend, splice: isSame ? nil : (name.range, target),
        isRepeatable: isRepeatable(envelope)))
  }

  private func missingOperand(_ envelope: Envelope) -> String {
    switch envelope.method {
    case .resourcesRead: "params.uri is missing: it is the resource's URI, a string"
    case .completionComplete: "params.ref is missing: it is a prompt's name or a template's uri"
    default: "params.name is missing: it is a string"
    }
  }

  /// Reads change nothing at the backend; a call may.
  private func isRepeatable(_ envelope: Envelope) -> Bool { envelope.method != .toolsCall }

  private func target(of envelope: Envelope, _ name: JSONString) -> RouteTarget? {
    let routes = loop.routes
    return withText(name) { bytes in
      switch envelope.method {
      case .toolsCall: routes.tools[bytes] ?? ownTarget(bytes, .tools)
      case .promptsGet: routes.prompts[bytes] ?? ownTarget(bytes, .prompts)
      case .resourcesRead: routes.resources[bytes] ?? routes.template(matching: Array(bytes))
      case .completionComplete:
        envelope.refName != nil
          ? routes.prompts[bytes]
          : routes.templates.first { $0.target.name.elementsEqual(bytes) }?.target
            ?? routes.resources[bytes]
      default: nil
      }
    }
  }

  /// What only the client's own session at a backend lists.
  private func ownTarget(_ name: UnsafeRawBufferPointer, _ list: CatalogList) -> RouteTarget? {
    guard let session = request.session, let target = loop.routes.ownName(name),
      server.mcp.hasOwn(
        String(decoding: target.name, as: UTF8.self), on: list, of: target.backend,
        session.token.number)
    else { return nil }
    return target
  }

  /// The string's text where it lies in the body, or unescaped when it has escapes.
  func withText<Result>(
    _ string: JSONString, _ use: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    request.body.withUnsafeReadableBytes { body in
      guard string.hasEscapes else {
        return use(UnsafeRawBufferPointer(rebasing: body[string.range]))
      }
      var text = JSONReader(body).text(string)
      return text.withUTF8 { use(UnsafeRawBufferPointer($0)) }
    }
  }

  func decision(_ backend: BackendID, _ name: JSONString) -> Decision {
    guard let rules = request.caller?.rules else { return .deny(.unknownMethod) }
    return withText(name) { rules.decide(.named(backend, name: $0)) }
  }

  /// Whether what is under way at a backend is still in the lists.
  func isOperationAllowed(at backend: BackendID) -> Bool {
    if let task = request.forward?.task, let caller = request.caller {
      return isAllowed(task, at: backend, caller)
    }
    guard let envelope = request.envelope, let name = envelope.operand else { return true }
    if let target = request.forward?.splice?.target { return decision(target).isAllowed }
    return decision(backend, name).isAllowed
  }

  /// For a read by a template the URI itself is what the lists are about.
  func decision(_ target: RouteTarget) -> Decision {
    guard let rules = request.caller?.rules else { return .deny(.unknownMethod) }
    if request.envelope?.method == .resourcesRead, let uri = request.envelope?.uri {
      return decision(target.backend, uri)
    }
    return target.name.withUnsafeBytes { rules.decide(.named(target.backend, name: $0)) }
  }

  /// A name that no catalog has, or that the caller may not use: the same to the client. Catalogs
  /// are read again first, for it may be new.
  private func answerUnknown(
    _ envelope: Envelope, _ name: JSONString, denied rule: DenialRule?
  ) {
    guard let call = call() else { return }
    let service = server.mcp
    let wasRefreshed = answer.hasRefreshed
    answer.hasRefreshed = true
    // Also for a client that does not wait for the answer.
    answer.outcome = rule.map(CallOutcome.denied)
    if wasRefreshed || request.scope != nil {
      reply(.error(call, unknownName(envelope, name)))
      return
    }
    run {
      await service.refreshCatalogs(for: call)
    } then: { connection, _ in
      connection.answer.outcome = nil
      connection.route(envelope)
    }
  }

  private func unknownName(_ envelope: Envelope, _ name: JSONString) -> JSONRPCError {
    let text = request.bodyText(name) ?? ""
    return switch envelope.method {
    case .toolsCall: .unknownTool(text)
    case .resourcesRead: .unknownResource(text, era: request.era ?? .legacy)
    case .promptsGet: .unknownPrompt(text)
    default: .invalidParams("unknown completion reference: \(text)")
    }
  }

  // MARK: To the backend

  /// Sends the request on, once the backend takes calls and the session that it needs is there.
  func forward(_ forward: Forward) {
    request.forward = forward
    guard let route = loop.routes.route(forward.backend) else {
      return answerError(.backendUnavailable(forward.backend.name, since: nil))
    }
    if let error = refusal(by: route) { return answerError(error) }
    if mayStream(forward) { guard reserveStream() else { return } }
    guard let peer = loop.peer(forward.backend) else {
      exchange(forward, route)
      return
    }
    if concernsTask(forward, route) { return exchangeTask(forward, peer, route) }
    guard request.era == .legacy else {
      if route.view.eras == [.legacy] { return bridgeToLegacy(forward, peer) }
      if route.view.eras.isEmpty, !answer.hasRefreshed { return findEra(forward) }
      send(forward, to: peer, headerLines: nil)
      return
    }
    if route.view.refusesLegacy { return bridgeToModern(forward, peer) }
    if let session = request.session, let link = session.link(forward.backend),
      route.view.eras == [.modern]
    {
      // It has become another server since: whether it still takes sessions shows with a new one.
      return self.link(session, to: forward.backend, replacing: link.session.id)
    }
    if let link = request.session?.link(forward.backend) {
      send(forward, to: peer, headerLines: link.headerLines)
      return
    }
    guard let session = request.session else {
      // Without a session only a backend that keeps none can be called.
      if route.view.eras == [.modern] { return bridgeToModern(forward, peer) }
      guard route.view.isSessionless else { return reply(missingSession) }
      send(
        forward, to: peer,
        headerLines: Array("mcp-protocol-version: \(ProtocolVersion.v2025_03_26.rawValue)\r\n".utf8)
      )
      return
    }
    link(session, to: forward.backend, replacing: nil)
  }

  /// Nothing is known of the backend yet: it is asked before it gets what it may not understand.
  private func findEra(_ forward: Forward) {
    answer.hasRefreshed = true
    guard let backend = server.backends.backend(forward.backend) else {
      return answerError(.backendUnavailable(forward.backend.name, since: nil))
    }
    run {
      await backend.refreshCatalog()
      return backend.view
    } then: { connection, view in
      guard !view.eras.isEmpty else {
        return connection.answerError(
          .backendUnavailable(view.configuration.name, since: view.since))
      }
      // The loop may learn of it a moment later.
      if view.eras == [.legacy], let peer = connection.loop.peer(forward.backend) {
        connection.bridgeToLegacy(forward, peer)
      } else {
        connection.forward(forward)
      }
    }
  }

  /// Why a backend takes no calls now.
  private func refusal(by route: RoutingTable.Route) -> JSONRPCError? {
    switch route.view.state {
    case .paused(let until):
      let wait = max(0, (until.microseconds - Timestamp.now.microseconds) / 1000)
      return .backendPaused(route.view.configuration.name, retryAfterMilliseconds: wait)
    case .unavailable, .disabled:
      return .backendUnavailable(route.view.configuration.name, since: route.view.since)
    case .starting, .up, .down:
      return nil
    }
  }

  /// Has the session's owner make the backend session, then goes on.
  func link(_ session: SessionEntry, to backend: BackendID, replacing lost: String?) {
    let sessions = server.mcp.sessions
    run { () async -> Result<SessionEntry, SessionRegistry.Refusal> in
      do throws(SessionRegistry.Refusal) {
        return .success(try await sessions.link(session, to: backend, replacing: lost))
      } catch {
        return .failure(error)
      }
    } then: { connection, result in
      switch result {
      case .success(let entry):
        connection.request.session = entry
        guard entry.link(backend) != nil, let forward = connection.request.forward else {
          return connection.reply(connection.unknownSession)
        }
        connection.forward(forward)
      case .failure(.unknown):
        connection.reply(connection.unknownSession)
      case .failure(.backend(.otherEra(_, .modern))):
        guard let forward = connection.request.forward, let peer = connection.loop.peer(backend)
        else { return connection.answerError(.backendUnavailable(backend.name, since: nil)) }
        connection.bridgeToModern(forward, peer)
      case .failure(.backend(let error)):
        connection.answerError(error.rpcError)
      }
    }
  }

  private func send(_ forward: Forward, to peer: BackendPeer, headerLines: [UInt8]?) {
    let body = request.body.readableBytes
    let splice = forward.splice
    let length = body - (splice?.range.count ?? 0) + (splice?.target.jsonName.count ?? 0)
    let limit =
      peer.requestStart.count + (headerLines?.count ?? request.headBytes.readableBytes)
      + (splice?.target.headerName.count ?? 0) + limits.headerLines + 512
      + (request.head.hasTraceHeaders ? request.headBytes.readableBytes : 0)
    var bytes = ByteBuffer()
    bytes.reserveCapacity(limit + length)
    bytes.writeReserved(upTo: limit) { head in
      head.write(peer.requestStart)
      if let headerLines {
        head.write(headerLines)
      } else {
        writeModernLines(forward, to: &head)
      }
      if request.head.hasTraceHeaders { writeTraceLines(to: &head) }
      head.write("content-length: ")
      head.write(decimal: length)
      head.write("\r\n\r\n")
    }
    request.body.withUnsafeReadableBytes { raw in
      if let splice {
        bytes.writeBytes(UnsafeRawBufferPointer(rebasing: raw[..<splice.range.lowerBound]))
        bytes.writeBytes(splice.target.jsonName)
        bytes.writeBytes(UnsafeRawBufferPointer(rebasing: raw[splice.range.upperBound...]))
      } else {
        bytes.writeBytes(raw)
      }
    }
    peer.send(
      UpstreamRequest(
        bytes: bytes, client: self, serial: serial, isRepeatable: forward.isRepeatable,
        principal: request.caller?.principal, era: request.era ?? .legacy,
        session: request.session?.token.number, id: requestID()))
  }

  private func requestID() -> ByteBuffer? {
    guard request.era == .legacy, let id = request.envelope?.id else { return nil }
    return request.body.getSlice(at: request.body.readerIndex + id.lowerBound, length: id.count)
  }

  /// The headers that mirror a modern body: the client's own, with the backend's name for the
  /// operation in `Mcp-Name` (2026-07-28, Streamable HTTP, Standard Request Headers).
  private func writeModernLines(_ forward: Forward, to out: inout ReservedWriter) {
    out.write("mcp-protocol-version: 2026-07-28\r\n")
    request.headBytes.withUnsafeReadableBytes { head in
      if let method = request.head.mcpMethod {
        out.write("mcp-method: ")
        out.write(UnsafeRawBufferPointer(rebasing: head[method]))
        out.write("\r\n")
      }
      if let name = request.head.mcpName {
        out.write("mcp-name: ")
        if let splice = forward.splice {
          out.write(splice.target.headerName)
        } else {
          out.write(UnsafeRawBufferPointer(rebasing: head[name]))
        }
        out.write("\r\n")
      }
      guard request.head.hasParameterHeaders else { return }
      request.head.forEachField(in: head) { name, value in
        guard Self.isParameterHeader(name) else { return }
        out.write(name)
        out.write(": ")
        out.write(value)
        out.write("\r\n")
      }
    }
  }

  /// The client's trace goes on at the backend (W3C Trace Context, Propagating the traceparent Header).
  func writeTraceLines(to out: inout ReservedWriter) {
    request.headBytes.withUnsafeReadableBytes { head in
      request.head.forEachField(in: head) { name, value in
        guard
          Token.equalsIgnoringCase(name, "traceparent")
            || Token.equalsIgnoringCase(name, "tracestate")
            || Token.equalsIgnoringCase(name, "baggage")
        else { return }
        out.write(name)
        out.write(": ")
        out.write(value)
        out.write("\r\n")
      }
    }
  }

  private static func isParameterHeader(_ name: UnsafeRawBufferPointer) -> Bool {
    let prefix: StaticString = "mcp-param-"
    guard name.count > prefix.utf8CodeUnitCount else { return false }
    for index in 0..<prefix.utf8CodeUnitCount
    where name[index] | 0x20 != prefix.utf8Start[index] | 0x20 {
      return false
    }
    return true
  }
}
