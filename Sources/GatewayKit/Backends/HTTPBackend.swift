import Logging

/// What the gateway asks of an HTTP backend itself: which era it is of, what it offers, sessions.
struct HTTPBackend: Sendable {
  let name: String
  let control: HTTPControl
  let logger: Logger

  /// What a probe found.
  struct Findings: Sendable {
    var eras: Set<ProtocolVersion.Era>
    var versions: [String]
    var isSessionless = false
    var catalog: Catalog
  }

  // MARK: Catalog

  /// Probes the era and reads the catalog in it (`mcp-eras.md`, Interoperability).
  ///
  /// `server/discover` first. A clean answer proves a modern server only if it names a modern
  /// version; an outage (401, 403, 5xx, no answer in time) proves nothing; anything else is a
  /// legacy server.
  func findings() async throws -> Findings {
    if let discovered = try await discover() {
      let versions = discovered["supportedVersions"]?.arrayValue?.compactMap(\.stringValue) ?? []
      var eras: Set<ProtocolVersion.Era> = [.modern]
      if versions.contains(where: { ProtocolVersion(rawValue: $0)?.era == .legacy }) {
        eras.insert(.legacy)
      }
      var reader = CatalogReader(backend: name, logger: logger) { method, params in
        try await askModern(method, params)
      }
      return Findings(
        eras: eras, versions: versions,
        catalog: try await reader.read(into: Catalog(handshake: discovered)))
    }
    let session = try await openSession(client: .gateway, version: .newestLegacy)
    var reader = CatalogReader(backend: name, logger: logger) { method, params in
      try await askLegacy(method, params, session)
    }
    do {
      let catalog = try await reader.read(into: Catalog(handshake: session.result))
      await closeSession(session)
      return Findings(
        eras: [.legacy], versions: [session.version.rawValue], isSessionless: session.id == nil,
        catalog: catalog)
    } catch {
      await closeSession(session)
      throw error
    }
  }

  /// The discover result of a modern server; nil when the backend is a legacy one.
  private func discover() async throws -> JSONObject? {
    let answer = try await post(.serverDiscover, JSONObject(), id: "discover")
    let message = try? JSONValue.parse(answer.message)
    if let result = message?["result"]?.objectValue {
      let versions = result["supportedVersions"]?.arrayValue?.compactMap(\.stringValue) ?? []
      return versions.contains(ProtocolVersion.newestModern.rawValue) ? result : nil
    }
    try checkOutage(answer.status)
    if message?["error"]?["code"]?.intValue == -32022 {
      let supported =
        message?["error"]?["data"]?["supported"]?.arrayValue?.compactMap(\.stringValue) ?? []
      guard supported.contains(where: { ProtocolVersion(rawValue: $0)?.era == .legacy }) else {
        throw BackendError.unavailable(
          backend: name, reason: "it speaks only \(supported.joined(separator: ", "))", since: nil)
      }
    }
    return nil
  }

  // MARK: Modern

  private func askModern(_ method: Method, _ params: JSONObject) async throws -> [UInt8] {
    try result(of: try await post(method, params, id: method.name))
  }

  private func post(
    _ method: Method, _ params: JSONObject, id: String
  ) async throws -> HTTPControl.Answer {
    var params = params
    params["_meta"] = ModernMeta.gateway
    return try await control.post(
      message(method, params, id: id),
      headerLines: [
        ("mcp-protocol-version", ProtocolVersion.newestModern.rawValue),
        ("mcp-method", method.name),
      ])
  }

  // MARK: Legacy

  /// `initialize` and `notifications/initialized`.
  func openSession(
    client: ClientIdentity, version: ProtocolVersion
  ) async throws -> BackendSession {
    var params = JSONObject()
    params["protocolVersion"] = .string(version.rawValue)
    params["capabilities"] = client.capabilities
    params["clientInfo"] = client.info ?? ClientIdentity.gateway.info
    let answer = try await control.post(
      message(.initialize, params, id: "initialize"), headerLines: [])
    let result: [UInt8]
    do {
      result = try self.result(of: answer)
    } catch BackendError.refused(_, let code, _)
      where [-32020, -32022, -32601, -32602].contains(code)
    {
      throw BackendError.otherEra(backend: name, speaks: .modern)
    }
    guard let object = try? JSONValue.parse(result).objectValue,
      let agreed = object["protocolVersion"]?.stringValue
    else {
      throw BackendError.badAnswer(backend: name, reason: "its initialize result is none")
    }
    guard let agreed = ProtocolVersion(rawValue: agreed), agreed.era == .legacy else {
      throw BackendError.badAnswer(
        backend: name, reason: "it wants to speak \(agreed), which is not spoken here")
    }
    let session = BackendSession(id: answer.sessionID, version: agreed, result: object)
    let initialized: JSONValue = [
      "jsonrpc": "2.0", "method": .string(Method.notificationsInitialized.name),
    ]
    let accepted = try await control.post(initialized, headerLines: lines(session))
    guard (200..<300).contains(accepted.status) else {
      throw BackendError.unavailable(
        backend: name, reason: "it answers notifications/initialized with \(accepted.status)",
        since: nil)
    }
    return session
  }

  func closeSession(_ session: BackendSession) async {
    guard let id = session.id else { return }
    await control.delete(sessionID: id, version: session.version)
  }

  private func askLegacy(
    _ method: Method, _ params: JSONObject, _ session: BackendSession
  ) async throws -> [UInt8] {
    try result(
      of: try await control.post(
        message(method, params, id: method.name), headerLines: lines(session)))
  }

  private func lines(_ session: BackendSession) -> [(String, String)] {
    var lines = [("mcp-protocol-version", session.version.rawValue)]
    if let id = session.id { lines.append(("mcp-session-id", id)) }
    return lines
  }

  // MARK: Messages

  private func message(_ method: Method, _ params: JSONObject, id: String) -> JSONValue {
    [
      "jsonrpc": "2.0", "id": .string("gateway-\(id)"), "method": .string(method.name),
      "params": .object(params),
    ]
  }

  /// The bytes of the result in an answer.
  private func result(of answer: HTTPControl.Answer) throws -> [UInt8] {
    let response: ResponseMessage
    do {
      response = try ResponseMessage(answer.message)
    } catch {
      try checkOutage(answer.status)
      throw BackendError.badAnswer(backend: name, reason: "status \(answer.status), \(error)")
    }
    switch response {
    case .result(let bytes): return bytes
    case .error(let code, let message):
      throw BackendError.refused(backend: name, code: code, message: message)
    }
  }

  private func checkOutage(_ status: Int) throws {
    switch status {
    case 401, 403, 407:
      throw BackendError.unavailable(
        backend: name, reason: BackendFailure.refused(status: status).description, since: nil)
    case 300..<400, 429, 500...:
      throw BackendError.unavailable(
        backend: name, reason: "it answers with status \(status)", since: nil)
    default: return
    }
  }
}

/// The `_meta` of the gateway's own modern requests.
enum ModernMeta {
  static let gateway: JSONValue = [
    "io.modelcontextprotocol/protocolVersion": .string(ProtocolVersion.newestModern.rawValue),
    "io.modelcontextprotocol/clientInfo": ClientIdentity.gateway.info ?? .null,
    "io.modelcontextprotocol/clientCapabilities": .object(JSONObject()),
  ]
}
