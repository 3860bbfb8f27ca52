import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// 2026-07-28, Streamable HTTP, Server Validation, and Overview, `_meta`.
  @Suite("The modern era's refusals, on the wire")
  struct ModernRefusals {
    private static let version = "io.modelcontextprotocol/protocolVersion"
    private static let capabilities = "io.modelcontextprotocol/clientCapabilities"

    private func expect(
      _ answer: Wire.Answer, _ status: Int, _ code: Int, id: JSONValue = 1,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      #expect(answer.status == status, "\(answer.text)", sourceLocation: sourceLocation)
      #expect(answer.code == code, "\(answer.text)", sourceLocation: sourceLocation)
      #expect(try answer.json["id"] == id, sourceLocation: sourceLocation)
      #expect(answer.headers["mcp-session-id"] == nil, sourceLocation: sourceLocation)
    }

    @Test("what _meta must carry comes first: 400 -32602")
    func requiresMeta() async throws {
      let gateway = try await Scene.ready().gateway
      try expect(gateway.modern("tools/list", id: "a", meta: nil), 400, -32602, id: "a")
      try expect(gateway.modern("tools/list", meta: [:]), 400, -32602)
      try expect(
        gateway.modern("tools/list", meta: .object(JSONObject([(Self.version, "2026-07-28")]))),
        400, -32602)
      try expect(
        gateway.modern("tools/list", meta: .object(JSONObject([(Self.capabilities, [:])]))),
        400, -32602)
      // Also before the headers and the version are looked at.
      try expect(
        gateway.modern(
          "tools/list", meta: .object(JSONObject([(Self.version, "1900-01-01")])),
          headers: [("MCP-Protocol-Version", "1900-01-01"), ("Mcp-Method", "tools/call")]),
        400, -32602)
    }

    @Test("a header unlike the body comes second: 400 -32020")
    func requiresMirror() async throws {
      let gateway = try await Scene.ready().gateway
      let version = ("MCP-Protocol-Version", "2026-07-28")
      let list = ("Mcp-Method", "tools/list")
      let call: JSONValue = ["name": "erpnext__echo", "arguments": ["text": "x"]]
      for headers in [
        [version], [list], [version, ("Mcp-Method", "tools/call")],
        [version, ("Mcp-Method", "Tools/List")], [("MCP-Protocol-Version", "1900-01-01"), list],
      ] {
        try expect(gateway.modern("tools/list", headers: headers), 400, -32020)
      }
      let method = ("Mcp-Method", "tools/call")
      for name in ["erpnext__add", "Erpnext__echo", "=?base64?!!?=", "=?base64?ZWNobw==?="] {
        try expect(
          gateway.modern("tools/call", call, headers: [version, method, ("Mcp-Name", name)]),
          400, -32020)
      }
      try expect(gateway.modern("tools/call", call, headers: [version, method]), 400, -32020)
      let read: JSONValue = ["uri": "erpnext://about"]
      try expect(
        gateway.modern(
          "resources/read", read,
          headers: [version, ("Mcp-Method", "resources/read"), ("Mcp-Name", "wave://about")]),
        400, -32020)
      // Before the version is looked at.
      try expect(
        gateway.modern(
          "tools/list",
          meta: [Self.version: "1900-01-01", Self.capabilities: [:]],
          headers: [version, list]),
        400, -32020)
    }

    @Test("white space around a header's value and Base64 do not make it unlike the body")
    func decodesMirror() async throws {
      let gateway = try await Scene.ready().gateway
      let call: JSONValue = ["name": "erpnext__echo", "arguments": ["text": "x"]]
      for name in ["  erpnext__echo \t", "=?base64?ZXJwbmV4dF9fZWNobw==?="] {
        let answer = try gateway.modern(
          "tools/call", call,
          headers: [
            ("mcp-protocol-version", "2026-07-28"), ("MCP-METHOD", "tools/call"),
            ("mcp-name", name),
          ])
        #expect(answer.status == 200, "\(answer.text)")
      }
    }

    @Test("an unknown version comes third: 400 -32022 with the supported and the requested one")
    func refusesVersions() async throws {
      let gateway = try await Scene.ready().gateway
      let answer = try gateway.modern(
        "tools/list", id: "v",
        meta: [Self.version: "1900-01-01", Self.capabilities: [:]],
        headers: [("MCP-Protocol-Version", "1900-01-01"), ("Mcp-Method", "tools/list")])
      try expect(answer, 400, -32022, id: "v")
      let data = try answer.json["error"]?["data"]
      #expect(data?["requested"] == "1900-01-01")
      #expect(data?["supported"]?.arrayValue?.contains("2026-07-28") == true)
    }

    @Test(
      "methods that this era does not have are 404 -32601",
      arguments: [
        "initialize", "ping", "logging/setLevel", "resources/subscribe",
        "resources/unsubscribe", "tools/destroy",
      ])
    func refusesMethods(method: String) async throws {
      let gateway = try await Scene.ready().gateway
      try expect(gateway.modern(method), 404, -32601)
    }

    @Test("GET and DELETE are 405")
    func refusesOtherVerbs() async throws {
      let gateway = try await Scene.ready().gateway
      for verb in ["GET", "DELETE"] {
        let answer = try Wire.exchange(
          port: gateway.port, verb, "/mcp",
          [
            ("Authorization", "Bearer \(RunningGateway.staticKey)"),
            ("MCP-Protocol-Version", "2026-07-28"), ("Accept", "text/event-stream"),
          ])
        #expect(answer.status == 405, "\(verb)")
        #expect(answer.headers["allow"]?.contains("POST") == true)
      }
    }

    @Test("a session id and Last-Event-ID are ignored, and none is given")
    func ignoresSessions() async throws {
      let gateway = try await Scene.ready().gateway
      let answer = try gateway.modern(
        "tools/list",
        headers: RunningGateway.mirror("tools/list", [:]) + [
          ("Mcp-Session-Id", "made-up"), ("Last-Event-ID", "7"),
        ])
      #expect(answer.status == 200)
      #expect(answer.headers["mcp-session-id"] == nil)
    }

    @Test("bad JSON, a batch and a posted answer are 400; a notification is 202 without a body")
    func refusesOtherMessages() async throws {
      let gateway = try await Scene.ready().gateway
      let headers = RunningGateway.mirror("tools/list", [:])
      let bad = try gateway.post(#"{"jsonrpc":"2.0",,}"#, headers: headers)
      #expect(bad.status == 400 && bad.code == -32700)
      let one = RunningGateway.message("tools/list", ["_meta": RunningGateway.modernMeta])
      let batch = try gateway.post("[\(one)]", headers: headers)
      #expect(batch.status == 400 && batch.code == -32600)
      let posted = try gateway.post(
        #"{"jsonrpc":"2.0","id":1,"result":{}}"#, headers: headers)
      #expect(posted.status == 400 && posted.code == -32600)
      let notification = try gateway.post(
        #"{"jsonrpc":"2.0","method":"notifications/x","params":{}}"#,
        headers: RunningGateway.mirror("notifications/x", [:]))
      #expect(notification.status == 202)
      #expect(notification.body.isEmpty)
    }

    @Test("results carry resultType; lists and discover are private and have a ttl")
    func completesResults() async throws {
      let gateway = try await Scene.ready().gateway
      for method in [
        "server/discover", "tools/list", "prompts/list", "resources/list",
        "resources/templates/list",
      ] {
        let result = try gateway.modern(method).json["result"]
        #expect(result?["resultType"] == "complete", "\(method)")
        #expect(result?["cacheScope"] == "private", "\(method)")
        #expect((result?["ttlMs"]?.intValue ?? -1) >= 0, "\(method)")
      }
    }

    @Test(
      "ids come back with their type and spelling",
      arguments: ["1", "0", "-1", "9007199254740991", #""1""#, #""ünï""#, #""""#])
    func keepsIDs(id: String) async throws {
      let gateway = try await Scene.ready().gateway
      let value = try JSONValue.parse(id.utf8)
      #expect(try gateway.modern("tools/list", id: value).json["id"] == value)
      let call: JSONValue = ["name": "truenas__echo", "arguments": ["text": "x"]]
      #expect(try gateway.modern("tools/call", call, id: value).json["id"] == value)
    }
  }
}
