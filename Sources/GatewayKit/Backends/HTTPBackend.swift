/// What the gateway asks of an HTTP backend itself: which era it is of, what it offers, sessions.
struct HTTPBackend: Sendable {
  let name: String
  let control: HTTPControl

  // MARK: Catalog

  /// Probes the era and reads the catalog in it (2026-07-28, Streamable HTTP, Backward
  /// Compatibility, and `mcp-eras.md`, Interoperability).
  ///
  /// An outage (401, 403, 5xx, no answer in time) proves nothing and is thrown. A modern backend
  /// may speak the legacy era too: only a session that opens proves that.
  ///
  /// - Throws: ``OtherTransport``, or ``BackendError``.
  func findings() async throws -> Findings {
    if case .modern(let discovered) = try await discover() {
      var reader = CatalogReader(backend: name) { method, params in
        try result(of: try await askModern(method, params))
      }
      let catalog = try await reader.read(into: Catalog(handshake: discovered))
      return Findings(
        eras: [.modern], versions: DiscoverVerdict.versions(discovered["supportedVersions"]),
        catalog: catalog, warnings: reader.warnings)
    }
    let answer = try await initialize(.gateway, .newestLegacy)
    // 2025-11-25, Transports, Backwards Compatibility.
    if (400..<500).contains(answer.status), (try? ResponseMessage(answer.message)) == nil,
      (try? await control.namesEndpoint()) == true
    {
      throw OtherTransport()
    }
    let session = try await session(openedBy: answer)
    var reader = CatalogReader(backend: name) { method, params in
      try result(
        of: try await control.ask(method, params, headerLines: session.headerLines))
    }
    let catalog: Catalog
    do {
      catalog = try await reader.read(into: Catalog(handshake: session.result))
    } catch {
      await closeSession(session)
      throw error
    }
    await closeSession(session)
    return Findings(
      eras: [.legacy], versions: [session.version.rawValue], isSessionless: session.id == nil,
      catalog: catalog, warnings: reader.warnings)
  }

  /// It is a server of the HTTP+SSE transport.
  struct OtherTransport: Error, CustomStringConvertible {
    let description = "it speaks HTTP+SSE, and spoke Streamable HTTP a moment ago"
  }

  private func discover() async throws -> DiscoverVerdict {
    let answer = try await askModern(.serverDiscover, JSONObject())
    let message = try? JSONValue.parse(answer.message)
    if let result = message?["result"]?.objectValue {
      return try DiscoverVerdict(result: result, backend: name)
    }
    try checkOutage(answer.status)
    guard let error = message?["error"] else { return .legacy }
    return try DiscoverVerdict(error: error, backend: name)
  }

  private func askModern(
    _ method: Method, _ params: JSONObject
  ) async throws -> HTTPControl.Answer {
    var params = params
    params["_meta"] = ClientIdentity.gatewayMeta
    return try await control.ask(
      method, params,
      headerLines: [
        ("mcp-protocol-version", ProtocolVersion.newestModern.rawValue),
        ("mcp-method", method.name),
      ])
  }

  // MARK: Legacy sessions

  /// `initialize` and `notifications/initialized`.
  func openSession(
    client: ClientIdentity, version: ProtocolVersion
  ) async throws -> BackendSession {
    try await session(openedBy: try await initialize(client, version))
  }

  private func initialize(
    _ client: ClientIdentity, _ version: ProtocolVersion
  ) async throws -> HTTPControl.Answer {
    var params = JSONObject()
    params["protocolVersion"] = .string(version.rawValue)
    params["capabilities"] = client.capabilities
    params["clientInfo"] = client.info ?? ClientIdentity.gateway.info
    return try await control.ask(.initialize, params, headerLines: [])
  }

  private func session(openedBy answer: HTTPControl.Answer) async throws -> BackendSession {
    let result: [UInt8]
    do {
      result = try self.result(of: answer)
    } catch BackendError.refused(_, let code, _) where Self.modernRefusals.contains(code) {
      throw BackendError.otherEra(backend: name, speaks: .modern)
    }
    let session: LegacyHandshake
    do {
      session = try LegacyHandshake.read(result, backend: name)
    } catch {
      if let id = answer.sessionID { await control.delete(sessionID: id, version: .newestLegacy) }
      throw error
    }
    let opened = BackendSession(
      id: answer.sessionID, version: session.version, result: session.result)
    do {
      let status = try await control.tell(
        .notificationsInitialized, headerLines: opened.headerLines)
      guard (200..<300).contains(status) else {
        throw BackendError.unavailable(
          backend: name, reason: "it answers notifications/initialized with status \(status)",
          since: nil)
      }
    } catch {
      await closeSession(opened)
      throw error
    }
    return opened
  }

  /// What a server of the modern era alone says to `initialize`: no such method, no version and
  /// no `_meta` where they must be (2026-07-28, Versioning, Compatibility Matrix).
  private static let modernRefusals: Set<Int> = [-32020, -32021, -32022, -32601, -32602]

  func closeSession(_ session: BackendSession) async {
    guard let id = session.id else { return }
    await control.delete(sessionID: id, version: session.version)
  }

  func setLogLevel(_ level: LogLevel, in session: BackendSession) async throws {
    try await ask(
      .loggingSetLevel, JSONObject([("level", .string(level.rawValue))]), in: session)
  }

  /// Asks something whose result says nothing.
  func ask(_ method: Method, _ params: JSONObject, in session: BackendSession) async throws {
    _ = try result(
      of: try await control.ask(method, params, headerLines: session.headerLines))
  }

  /// A list as one session has it.
  func items(_ list: CatalogList, in session: BackendSession) async throws -> [CatalogItem] {
    var reader = CatalogReader(backend: name) { method, params in
      try result(of: try await control.ask(method, params, headerLines: session.headerLines))
    }
    return try await reader.items(of: list)
  }

  // MARK: What it says unasked

  /// Why there is no GET stream.
  enum NoStream: Error { case notAllowed }

  /// Reads a session's GET stream to its end.
  func hear(
    in session: BackendSession, opened: @escaping @Sendable () async -> Void,
    take: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws {
    let answer = try await control.hear(headerLines: session.headerLines, opened, take)
    if answer.status == 405 { throw NoStream.notAllowed }
    try checkOutage(answer.status)
    guard answer.status == 200 else {
      throw BackendError.unavailable(
        backend: name, reason: BackendFailure.refused(status: answer.status).description,
        since: nil)
    }
  }

  /// Reads a `subscriptions/listen` request's stream to its end.
  func listen(
    _ filter: JSONObject, _ take: @escaping @Sendable ([UInt8]) async -> Void
  ) async throws {
    let answer = try await control.listen(
      .subscriptionsListen,
      JSONObject([
        ("_meta", ClientIdentity.listenerMeta), ("notifications", .object(filter)),
      ]),
      headerLines: [
        ("mcp-protocol-version", ProtocolVersion.newestModern.rawValue),
        ("mcp-method", Method.subscriptionsListen.name),
      ], take)
    if !answer.message.isEmpty { _ = try result(of: answer) }
  }

  /// Cancels a request of a session, as well as can be.
  func cancel(_ id: JSONValue, in session: BackendSession, reason: String) async {
    _ = try? await control.tell(
      .notificationsCancelled, JSONObject([("requestId", id), ("reason", .string(reason))]),
      headerLines: session.headerLines)
  }

  /// Answers a request of the backend's in a session.
  func answer(_ message: [UInt8], in session: BackendSession) async {
    _ = try? await control.tell(message, headerLines: session.headerLines)
  }

  // MARK: Answers

  /// The bytes of the result in an answer.
  private func result(of answer: HTTPControl.Answer) throws -> [UInt8] {
    let response: ResponseMessage
    do {
      response = try ResponseMessage(answer.message)
    } catch {
      try checkOutage(answer.status)
      if !(200..<300).contains(answer.status) {
        throw BackendError.unavailable(
          backend: name, reason: BackendFailure.refused(status: answer.status).description,
          since: nil)
      }
      throw BackendError.badAnswer(
        backend: name, reason: answer.message.isEmpty ? "it is empty" : error.description)
    }
    switch response {
    case .result(let bytes): return bytes
    case .error(let code, let message):
      try checkOutage(answer.status)
      throw BackendError.refused(backend: name, code: code, message: SafeText.line(message))
    }
  }

  /// Statuses that tell of the backend's state, or of the way there, and not of its era.
  private func checkOutage(_ status: Int) throws {
    switch status {
    case 300..<400, 401, 403, 407, 408, 429, 500...:
      throw BackendError.unavailable(
        backend: name, reason: BackendFailure.refused(status: status).description, since: nil)
    default: return
    }
  }
}

extension BackendSession {
  /// What every request within the session carries.
  var headerLines: [(String, String)] {
    var lines = [("mcp-protocol-version", version.rawValue)]
    if let id { lines.append(("mcp-session-id", id)) }
    return lines
  }
}
