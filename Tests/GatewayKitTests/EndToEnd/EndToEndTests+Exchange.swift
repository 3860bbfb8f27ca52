import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("One connection's exchanges")
  struct Exchange {
    private static let usual = [
      ("Authorization", "Bearer \(RunningGateway.staticKey)"),
      ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
    ]

    private func begin(
      _ gateway: RunningGateway, _ mode: String, _ tool: String, _ arguments: JSONValue
    ) throws -> Wire {
      let wire = try Wire(port: gateway.port)
      var params: JSONValue = ["name": .string(tool), "arguments": arguments]
      var headers = Self.usual
      if mode == "modern" {
        params = params.adding("_meta", RunningGateway.modernMeta)
        headers += RunningGateway.mirror("tools/call", params)
      } else {
        headers += RunningGateway.legacy(try gateway.initialize().session)
      }
      try wire.send("POST", "/mcp", headers, RunningGateway.message("tools/call", params))
      return wire
    }

    /// 2026-07-28: closing the stream is cancellation; before it, a disconnect must not cancel.
    @Test(
      "a client that hangs up cancels its call in the modern era only",
      arguments: Scene.modes, ["erpnext", "truenas"])
    func hangsUp(mode: String, backend: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      func stats() async throws -> (cancelled: Int, finished: Int) {
        let seen = try await scene.client.call(client, "\(backend)__whoami").toolJSON
        return (
          seen?["slowCancelled"]?.intValue ?? -1, seen?["slowFinished"]?.intValue ?? -1
        )
      }
      let before = try await stats()
      var wire: Wire? = try begin(
        scene.gateway, mode, "\(backend)__slow", ["seconds": .number("1.5")])
      try await Task.sleep(for: .milliseconds(700))
      #expect(wire != nil)
      wire = nil
      var now = before
      for _ in 0..<100 where now == before {
        try await Task.sleep(for: .milliseconds(100))
        now = try await stats()
      }
      #expect(now.cancelled == before.cancelled + (mode == "modern" ? 1 : 0))
      #expect(now.finished == before.finished + (mode == "modern" ? 0 : 1))
      try await scene.client.close(client)
    }

    @Test("requests that are sent ahead are answered in their order")
    func answersInOrder() async throws {
      let gateway = try await Scene.ready().gateway
      let wire = try Wire(port: gateway.port)
      for (number, backend) in (Scene.peers + Scene.peers).enumerated() {
        let params: JSONValue = [
          "name": .string("\(backend)__echo"), "arguments": ["text": .string("\(number)")],
          "_meta": RunningGateway.modernMeta,
        ]
        try wire.send(
          "POST", "/mcp", Self.usual + RunningGateway.mirror("tools/call", params),
          RunningGateway.message("tools/call", params, id: .number("\(number)")))
      }
      for number in 0..<6 {
        let json = try wire.receive().json
        #expect(json["id"] == .number("\(number)"))
        #expect(json["result"]?.toolText == "\(number)")
      }
    }

    @Test(
      "a batch is answered as one at 2025-03-26 and refused at every other version",
      arguments: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
    func answersBatches(version: String) async throws {
      let gateway = try await Scene.ready().gateway
      let session = try gateway.initialize(version: version).session
      let call = RunningGateway.message(
        "tools/call", ["name": "erpnext__echo", "arguments": ["text": "b"]], id: "c")
      let answer = try gateway.post(
        "[\(RunningGateway.message("ping", id: 1)),\(call)]",
        headers: RunningGateway.legacy(session, version))
      guard version == "2025-03-26" else {
        #expect(answer.status == 400)
        return
      }
      #expect(answer.status == 200)
      let messages =
        answer.events.isEmpty
        ? try answer.json.arrayValue ?? [] : answer.events.flatMap { $0.arrayValue ?? [$0] }
      #expect(messages.contains { $0["id"] == 1 && $0["result"] == [:] })
      #expect(messages.contains { $0["id"] == "c" && $0["result"]?.toolText == "b" })
    }

    /// JSON-RPC 2.0, section 5: null only where the id cannot be determined.
    @Test(
      "a refused message's error carries its id wherever that can be told",
      arguments: [
        (#""id":"a","method":"tools/call","params":{"name":1}"#, #""a""#),
        (#""id":7,"method":"tools/call","params":[]"#, "7"),
        (#""id":7,"method":1"#, "7"), (#""id":-1,"method":"ping","METHOD":1"#, "-1"),
        (#""id":"a","method":"ping","method":"ping""#, #""a""#), (#""id":7"#, "7"),
        (
          #""method":"completion/complete","params":{"ref":{"name":"x","uri":"y"}},"id":"z""#,
          #""z""#
        ),
        (#""id":1,"method":"ping","id":2"#, "null"), (#""id":1.5,"method":"ping""#, "null"),
        (#""id":1,"result":{},"error":{}"#, "null"), (#""id":1,"method":"ping",}"#, "null"),
      ])
    func carriesIDs(members: String, id: String) async throws {
      let gateway = try await Scene.ready().gateway
      let session = try gateway.initialize(version: "2025-03-26").session
      let body = "{\"jsonrpc\":\"2.0\",\(members)}"
      var answers: [JSONValue] = []
      for headers in [
        RunningGateway.mirror("ping", [:]), RunningGateway.legacy(session, "2025-03-26"), [],
      ] {
        let answer = try gateway.post(body, headers: headers)
        #expect(answer.status == 400)
        answers.append(try answer.json)
      }
      let isJSON = (try? JSONValue.parse(body.utf8)) != nil
      if isJSON {
        let batch = try gateway.post(
          "[\(body)]", headers: RunningGateway.legacy(session, "2025-03-26"))
        answers += try batch.json.arrayValue ?? []
      }
      #expect(answers.count == (isJSON ? 4 : 3))
      for answer in answers {
        #expect(answer["id"]?.text == id, "\(answer.text)")
        #expect(answer["error"] != nil)
      }
    }

    @Test("a GET stream opens for a session, and for nothing else")
    func opensStreams() async throws {
      let gateway = try await Scene.ready().gateway
      let session = try gateway.initialize().session
      let bearer = ("Authorization", "Bearer \(RunningGateway.staticKey)")
      let accept = ("Accept", "text/event-stream")
      let wire = try Wire(port: gateway.port)
      try wire.send("GET", "/mcp", [bearer, accept] + RunningGateway.legacy(session))
      let head = try wire.receiveHead()
      #expect(head.status == 200)
      #expect(head.headers["content-type"]?.hasPrefix("text/event-stream") == true)
      #expect(try gateway.get("/mcp", key: RunningGateway.staticKey).status == 400)
      let unknown = try gateway.get(
        "/mcp", key: RunningGateway.staticKey, headers: [accept] + RunningGateway.legacy("x"))
      #expect(unknown.status == 404)
    }
  }
}
