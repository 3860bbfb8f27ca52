import NIOCore

/// Calls between a client and an HTTP backend of different eras.
extension ClientConnection {
  // MARK: A legacy client, a modern backend

  func bridgeToModern(_ forward: Forward, _ peer: BackendPeer) {
    guard let envelope = request.envelope, let id = request.bodyBytes(envelope.id) else { return }
    let session = request.session
    var translated = RequestTranslation()
    translated.name = forward.splice.map { ($0.range, $0.target.jsonName) }
    translated.meta =
      session?.modernMeta ?? SessionEntry.anonymousMeta
    if let session { translated.meta.append(ReservedMeta.member(session.logLevel ?? .info)) }
    begin(
      forward,
      CallTranslation(
        .toLegacyClient, method: envelope.method, id: id,
        progressToken: request.bodyBytes(envelope.progressToken)),
      translated, capabilities: session?.token.client.capabilities ?? .null,
      over: HTTPCallTransport(
        peer: peer, era: .modern, headerLines: modernLines(forward, envelope),
        isRepeatable: forward.isRepeatable, loop: loop))
  }

  /// The headers that mirror a modern body (2026-07-28, Streamable HTTP, Standard Request Headers and
  /// Custom Headers from Tool Parameters).
  func modernLines(_ forward: Forward, _ envelope: Envelope) -> [UInt8] {
    var lines = Array("mcp-protocol-version: 2026-07-28\r\nmcp-method: ".utf8)
    lines += (request.bodyText(envelope.methodName) ?? "").utf8
    lines += "\r\n".utf8
    if let task = forward.task {
      lines += "mcp-name: \(MCPHeaderValue.encode(task.id))\r\n".utf8
    } else if let operand = envelope.mirroredOperand {
      lines += "mcp-name: ".utf8
      lines +=
        forward.splice?.target.headerName
        ?? Array(MCPHeaderValue.encode(request.bodyText(operand) ?? "").utf8)
      lines += "\r\n".utf8
    }
    if envelope.method == .toolsCall, let name = envelope.name,
      let parameters = forward.splice.map({ splice in
        splice.target.name.withUnsafeBytes {
          loop.routes.headerParameters(forward.backend, tool: $0)
        }
      }) ?? withText(name, { loop.routes.headerParameters(forward.backend, tool: $0) })
    {
      lines += parameters.headerLines(
        arguments: envelope.arguments.flatMap { request.bodyBytes($0) })
    }
    return lines + traceLines
  }

  private var traceLines: [UInt8] {
    guard request.head.hasTraceHeaders else { return [] }
    var bytes = ByteBuffer()
    bytes.writeReserved(upTo: request.headBytes.readableBytes) { writeTraceLines(to: &$0) }
    return Array(bytes.readableBytesView)
  }

  // MARK: A modern client, a legacy backend

  /// On a session that the gateway keeps for the caller and what the client can be asked.
  func bridgeToLegacy(_ forward: Forward, _ peer: BackendPeer, lost: String? = nil) {
    guard let envelope = request.envelope, let caller = request.caller,
      let offered = request.bodyBytes(envelope.clientCapabilities)
    else { return }
    // A legacy backend gives out none.
    guard envelope.requestState == nil else { return answerError(.noLongerWaiting) }
    var key = PoolKey(principal: caller.principal, capabilities: offered)
    if let lane = request.lane {
      key = lane
    } else if peer.streamHabit.asksApart, offersInput(offered) {
      key = takeLane(key)
    }
    let level = logLevel(envelope)
    if lost == nil, let entry = loop.sessions.pooled(key), let link = entry.link(forward.backend),
      link.takes(level)
    {
      entry.use.note()
      return send(forward, on: link, of: entry, envelope, peer)
    }
    let sessions = server.mcp.sessions
    let backend = forward.backend
    let pooledKey = key
    let info = request.bodyBytes(envelope.clientInfo)
    run { () async -> Result<SessionEntry, SessionRegistry.Refusal> in
      do throws(SessionRegistry.Refusal) {
        let entry = await sessions.pooled(pooledKey, info: info)
        return .success(
          try await sessions.link(entry, to: backend, replacing: lost, logLevel: level))
      } catch {
        return .failure(error)
      }
    } then: { connection, result in
      switch result {
      case .success(let entry):
        guard let link = entry.link(backend) else {
          return connection.answerError(.backendUnavailable(backend.name, since: nil))
        }
        connection.send(forward, on: link, of: entry, envelope, peer)
      case .failure(.unknown):
        connection.answerError(.backendUnavailable(backend.name, since: nil))
      case .failure(.backend(let error)):
        connection.answerError(error.rpcError)
      }
    }
  }

  /// A session of its own for the request's call.
  func takeLane(_ key: PoolKey) -> PoolKey {
    let lane = server.lanes.take(key)
    request.lane = lane
    return lane
  }

  func offersInput(_ capabilities: [UInt8]) -> Bool {
    (try? JSONValue.parse(capabilities)).map { ClientCapabilities($0).offersInput } ?? false
  }

  private func send(
    _ forward: Forward, on link: SessionEntry.Link, of entry: SessionEntry, _ envelope: Envelope,
    _ peer: BackendPeer
  ) {
    guard let id = request.bodyBytes(envelope.id) else { return }
    // The session is shared: ids and tokens of several requests may be the same.
    let ownID = Array(String(server.nextNumber()).utf8)
    var translated = RequestTranslation()
    translated.id = ownID
    translated.progressToken = ownID
    translated.name = forward.splice.map { ($0.range, $0.target.jsonName) }
    let token = request.bodyBytes(envelope.progressToken)
    begin(
      forward,
      CallTranslation(
        .toModernClient, method: envelope.method, id: id, ownID: ownID, progressToken: token,
        ownProgressToken: ownID, logLevel: logLevel(envelope), serverInfo: link.serverInfo),
      translated,
      capabilities: entry.token.client.capabilities, in: entry,
      over: HTTPCallTransport(
        peer: peer, era: .legacy, headerLines: link.headerLines + traceLines,
        isRepeatable: forward.isRepeatable, loop: loop,
        onLostSession: whenLost(forward, link) { connection in
          guard let again = connection.request.forward else { return }
          connection.record(.sessionRemade, [("backend", forward.backend.name)])
          connection.bridgeToLegacy(again, peer, lost: link.session.id)
        }))
  }

  /// What is done when the backend no longer knows the call's session: nothing was done there, so that the
  /// request may be sent again on a new one, once, while somebody waits for it (2025-11-25, Streamable HTTP,
  /// Session Management, 3).
  func whenLost(
    _ forward: Forward, _ link: SessionEntry.Link,
    _ sendAgain: @escaping (ClientConnection) -> Void
  ) -> (() -> Bool)? {
    guard !forward.isRemade, link.session.id != nil else { return nil }
    let serial = serial
    return { [self] in
      guard self.serial == serial else { return false }
      backendCall?.perform { $0.finish() }
      backendCall = nil
      request.forward?.isRemade = true
      sendAgain(self)
      return true
    }
  }

  // MARK: A legacy client, a legacy backend that may ask it something

  /// Whether the messages of a backend's stream are looked at on their way: those of a legacy session,
  /// where the backend may ask something, and where the client may come back for what it missed.
  var looksIntoStream: Bool {
    request.era == .legacy && request.envelope?.kind == .request && !isInBatch
      && request.session != nil
  }

  /// Goes on message by message with an answer that has begun.
  func adoptStream(_ head: ResponseHead, _ bytes: ByteBuffer) {
    guard let forward = request.forward, let peer = loop.peer(forward.backend),
      let envelope = request.envelope, let id = request.bodyBytes(envelope.id),
      let session = request.session, let link = session.link(forward.backend),
      let connection = upstream
    else { return }
    let transport = HTTPCallTransport(
      peer: peer, era: .legacy, headerLines: link.headerLines, isRepeatable: false, loop: loop)
    var translated = RequestTranslation()
    translated.isWithinEra = true
    guard
      let call = makeCall(
        forward,
        CallTranslation(.none, method: envelope.method, id: id, logLevel: session.logLevel),
        translated,
        session.token.client.capabilities)
    else { return }
    upstream = nil
    backendCall = call.link
    call.linkKey = LinkCalls.Key(session: session.token.number, backend: forward.backend)
    call.adopt(transport)
    transport.adopt(connection, of: call).upstreamHead(head, bytes)
  }
}
