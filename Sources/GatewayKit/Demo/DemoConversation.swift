/// What is said on one pair of descriptors with a demo server, in both eras.
///
/// A request with the per-request `_meta` of 2026-07-28 is answered statelessly; an `initialize`
/// makes the requests without it belong to the legacy era. Answers that need no time come in the
/// order of the requests.
actor DemoConversation {
  let server: DemoDescription
  private var output: DemoOutput
  /// The revision that `initialize` settled, if it was called.
  private var settled: ProtocolVersion?
  /// What `logging/setLevel` asked for.
  private var sessionLogLevel: DemoLogLevel?
  /// Calls that take time and streams that stay open, by request id.
  private var running: [JSONValue: Task<Void, Never>] = [:]

  /// Newest first, of both eras (2026-07-28, Versioning, Protocol Version Negotiation).
  static let supportedVersions = JSONValue.array(
    ProtocolVersion.allCases.reversed().map { .string($0.rawValue) })

  init(with server: DemoDescription, output: DemoOutput) {
    self.server = server
    self.output = output
  }

  func receive(_ line: DemoInput.Line) {
    guard case .message(let bytes) = line else {
      send(
        error: .invalidRequest("a message may have \(DemoInput.maximumBytes) bytes"), to: .null)
      return
    }
    do {
      let message = try JSONValue.parse(bytes)
      // Batches are 2025-03-26's alone (its Base Protocol, Batching).
      if let batch = message.arrayValue, settled == .v2025_03_26, !batch.isEmpty {
        let replies = batch.compactMap(reply)
        if !replies.isEmpty { output.write(.array(replies)) }
      } else if let reply = reply(to: message) {
        output.write(reply)
      }
    } catch {
      send(error: JSONRPCError(code: -32700, message: "Parse error: \(error)"), to: .null)
    }
  }

  /// Ends what is still running, without an answer: its reader is gone.
  func end() async {
    let tasks = running.values
    running = [:]
    for task in tasks {
      task.cancel()
      await task.value
    }
  }

  /// The answer, or nil where none is due (a notification) or it comes later.
  private func reply(to message: JSONValue) -> JSONValue? {
    guard message.objectValue != nil else {
      return failure(
        .invalidRequest(
          message.arrayValue == nil
            ? "a message must be an object" : "batches are spoken at 2025-03-26 only"),
        to: .null)
    }
    let id = message["id"]
    guard let method = message["method"]?.stringValue else {
      // We ask nothing, so an answer can only be a stray.
      if message["result"] != nil || message["error"] != nil { return nil }
      return failure(.invalidRequest("method must be a text"), to: id ?? .null)
    }
    guard message["jsonrpc"] == "2.0" else {
      return failure(.invalidRequest("jsonrpc must be \"2.0\""), to: id ?? .null)
    }
    guard let id else {
      notice(method, message["params"])
      return nil
    }
    guard isRequestID(id) else {
      return failure(.invalidRequest("id must be a text or a whole number"), to: .null)
    }
    do {
      let request = try admitted(id, method, message["params"])
      guard running[id] == nil else {
        throw JSONRPCError.invalidRequest("a request with this id is still running")
      }
      return try answer(request).map { ["jsonrpc": "2.0", "id": id, "result": $0] }
    } catch let refusal as JSONRPCError {
      return failure(refusal, to: id)
    } catch {
      return failure(JSONRPCError(code: -32603, message: "Internal error"), to: id)
    }
  }

  private func isRequestID(_ id: JSONValue) -> Bool {
    switch id {
    case .string: true
    case .number(let spelling): !spelling.contains { ".eE".contains($0) }
    default: false
    }
  }

  private func notice(_ method: String, _ params: JSONValue?) {
    guard method == "notifications/cancelled", let id = params?["requestId"] else { return }
    running.removeValue(forKey: id)?.cancel()
  }

  private func failure(_ refusal: JSONRPCError, to id: JSONValue) -> JSONValue {
    ["jsonrpc": "2.0", "id": id, "error": refusal.json]
  }

  private func send(error refusal: JSONRPCError, to id: JSONValue) {
    output.write(failure(refusal, to: id))
  }

  // MARK: The era

  private static let meta = "io.modelcontextprotocol/"
  /// The keys that only a modern request has; 2025-11-25 has others under the same prefix.
  private static let envelope = [
    "protocolVersion", "clientCapabilities", "clientInfo", "logLevel",
  ]

  /// The request on the terms of its era, if it may be made at all.
  private func admitted(
    _ id: JSONValue, _ method: String, _ params: JSONValue?
  ) throws(JSONRPCError) -> DemoRequest {
    guard params == nil || params?.objectValue != nil else {
      throw .invalidParams("params must be an object")
    }
    let meta = params?["_meta"]
    let isEnveloped = Self.envelope.contains { meta?["\(Self.meta)\($0)"] != nil }
    if isEnveloped || method == "server/discover" || method == "subscriptions/listen" {
      return try modern(id, method, params, meta)
    }
    // Before `initialize`, a legacy client may only ping (2025-11-25, Lifecycle).
    guard settled != nil || method == "initialize" || method == "ping" else {
      throw .invalidParams(
        """
        Missing _meta: \(method) needs params._meta["\(Self.meta)protocolVersion"] and \
        ["\(Self.meta)clientCapabilities"], or an initialize before it
        """)
    }
    return DemoRequest(
      id: id, method: method, params: params, era: .legacy, logLevel: sessionLogLevel)
  }

  /// Checks what every modern request carries (2026-07-28, Overview, `_meta`).
  private func modern(
    _ id: JSONValue, _ method: String, _ params: JSONValue?, _ meta: JSONValue?
  ) throws(JSONRPCError) -> DemoRequest {
    guard let version = meta?["\(Self.meta)protocolVersion"]?.stringValue else {
      throw .invalidParams("Missing _meta: \(Self.meta)protocolVersion must be a text")
    }
    guard meta?["\(Self.meta)clientCapabilities"]?.objectValue != nil else {
      throw .invalidParams("Missing _meta: \(Self.meta)clientCapabilities must be an object")
    }
    guard ProtocolVersion(rawValue: version)?.era == .modern else {
      throw .unsupportedVersion(version)
    }
    var level: DemoLogLevel?
    if let wanted = meta?["\(Self.meta)logLevel"] {
      level = try DemoLogLevel(wanted)
    }
    return DemoRequest(id: id, method: method, params: params, era: .modern, logLevel: level)
  }

  // MARK: The methods

  /// The result, or nil where it comes later.
  private func answer(_ request: DemoRequest) throws(JSONRPCError) -> JSONValue? {
    switch (request.method, request.era) {
    case ("initialize", .legacy):
      return initialize(try request.text("protocolVersion"))
    case ("ping", .legacy):
      return [:]
    case ("logging/setLevel", .legacy):
      sessionLogLevel = try DemoLogLevel(request.params?["level"])
      return [:]
    case ("subscriptions/listen", .modern):
      listen(request)
      return nil
    case ("tools/call", _):
      return try call(request)
    default:
      return server.framed(try server.answer(request), for: request)
    }
  }

  private func initialize(_ requested: String) -> JSONValue {
    // "If the server supports the requested protocol version, it MUST respond with the same
    // version", else with the newest it has (2025-11-25, Lifecycle, Version Negotiation).
    let known = ProtocolVersion(rawValue: requested)
    let version = known?.era == .legacy ? known ?? .newestLegacy : .newestLegacy
    settled = version
    sessionLogLevel = nil
    return [
      "protocolVersion": .string(version.rawValue), "capabilities": DemoDescription.capabilities,
      "serverInfo": server.implementation, "instructions": .string(server.instructions),
    ]
  }

  /// Nothing here ever changes, so the stream carries its acknowledgement only.
  private func listen(_ request: DemoRequest) {
    let subscription: JSONValue = ["\(Self.meta)subscriptionId": request.id]
    notify(
      "notifications/subscriptions/acknowledged", ["_meta": subscription, "notifications": [:]])
    running[request.id] = Task {
      try? await Task.sleep(for: .seconds(1 << 30))
    }
  }

  private func call(_ request: DemoRequest) throws(JSONRPCError) -> JSONValue? {
    let name = try request.text("name")
    guard let tool = server.tools.first(where: { $0.name == name }) else {
      throw .unknownTool(name)
    }
    let given = try request.object("arguments")
    do throws(DemoFailure) {
      let arguments = try DemoArguments(given, for: tool)
      switch tool.work {
      case .answer(let answer):
        return server.framed(DemoDescription.toolResult(try answer(arguments)), for: request)
      case .steps(let steps):
        start(steps(arguments), for: request)
        return nil
      }
    } catch {
      return server.framed(DemoDescription.toolFailure(error.text), for: request)
    }
  }

  // MARK: Work that takes time

  private func start(_ steps: DemoSteps, for request: DemoRequest) {
    log("\(steps.message(0))", for: request)
    running[request.id] = Task {
      for step in 1...steps.count {
        guard (try? await Task.sleep(for: steps.pause)) != nil else { return }
        report(step, of: steps, for: request)
      }
      finish(steps, request)
    }
  }

  private func report(_ step: Int, of steps: DemoSteps, for request: DemoRequest) {
    // A cancelled request may not be spoken of any more (2026-07-28, stdio, Cancellation).
    guard running[request.id] != nil, let token = request.progressToken else { return }
    notify(
      "notifications/progress",
      [
        "progressToken": token, "progress": .number("\(step)"),
        "total": .number("\(steps.count)"), "message": .string(steps.message(step)),
      ])
  }

  private func finish(_ steps: DemoSteps, _ request: DemoRequest) {
    guard running.removeValue(forKey: request.id) != nil else { return }
    let result = server.framed(DemoDescription.toolResult(steps.result), for: request)
    output.write(["jsonrpc": "2.0", "id": request.id, "result": result])
  }

  private func log(_ text: String, for request: DemoRequest) {
    guard let level = request.logLevel, level <= .info else { return }
    notify(
      "notifications/message",
      ["level": "info", "logger": .string(server.name), "data": .string(text)])
  }

  private func notify(_ method: String, _ params: JSONValue) {
    output.write(["jsonrpc": "2.0", "method": .string(method), "params": params])
  }
}
