import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("The endpoint's HTTP")
  struct Endpoint {
    @Test(
      "without a good credential every verb is 401 with WWW-Authenticate",
      arguments: ["POST", "GET", "HEAD", "DELETE"])
    func requiresCredentials(verb: String) async throws {
      let gateway = try await Scene.ready().gateway
      let key = try await gateway.makeUser(Scene.newName())
      let hash = try await Place.sha256(of: key)
      for credential in [
        nil, "Bearer", "Bearer ", "Bearer nonsense", "bearer", "Basic \(key)", key,
        "Bearer \(key)x", "Bearer \(hash)", "Bearer \(RunningGateway.adminKey)",
      ] {
        let headers = credential.map { [("Authorization", $0)] } ?? []
        let answer = try Wire.exchange(port: gateway.port, verb, "/mcp", headers)
        #expect(answer.status == 401, "\(credential ?? "none")")
        #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
        #expect(!answer.text.contains(key) && !answer.text.contains(hash))
      }
    }

    @Test("HEAD with a credential is 200 and makes no session")
    func answersHead() async throws {
      let gateway = try await Scene.ready().gateway
      let answer = try Wire.exchange(
        port: gateway.port, "HEAD", "/mcp",
        [("Authorization", "Bearer \(RunningGateway.staticKey)")])
      #expect(answer.status == 200)
      #expect(answer.headers["mcp-session-id"] == nil)
    }

    @Test(
      "only the raw paths are the endpoint; every other spelling is 404",
      arguments: [
        "/%6dcp", "//mcp", "/mcp/", "/MCP", "/mcp/./erpnext", "/mcp/erpnext/", "/mcp//erpnext",
        "/x/../mcp", "/mcp/erpnext/x",
      ])
    func ownsRawPathsOnly(path: String) async throws {
      let gateway = try await Scene.ready().gateway
      for key in [nil, RunningGateway.staticKey, RunningGateway.adminKey] {
        let answer = try gateway.modern("tools/list", to: path, key: key)
        #expect(answer.status == 404, "\(key ?? "no key")")
      }
    }

    @Test("a backend's name has one spelling", arguments: ["%65rpnext", "Erpnext", "erpnext "])
    func knowsOneSpelling(name: String) async throws {
      let gateway = try await Scene.ready().gateway
      let answer = try gateway.modern("tools/list", to: "/mcp/\(name)")
      #expect([400, 404].contains(answer.status))
    }

    @Test("a query string does not change the endpoint, and is no place for a credential")
    func ignoresQueries() async throws {
      let gateway = try await Scene.ready().gateway
      #expect(try gateway.modern("tools/list", to: "/mcp?x=1").status == 200)
      let path = "/mcp?access_token=\(RunningGateway.staticKey)"
      #expect([400, 401].contains(try gateway.modern("tools/list", to: path, key: nil).status))
    }

    @Test("a foreign origin is 403, an unknown host too")
    func guardsAgainstRebinding() async throws {
      let gateway = try await Scene.ready().gateway
      for origin in ["https://evil.example", "null"] {
        let answer = try gateway.modern(
          "tools/list", headers: RunningGateway.mirror("tools/list", [:]) + [("Origin", origin)])
        #expect(answer.status == 403, "\(origin)")
      }
      let wire = try Wire(port: gateway.port)
      try wire.send(
        "GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
      #expect([400, 403, 421].contains(try wire.receive().status))
    }

    @Test("the guide's own first request is answered in JSON")
    func answersTheGuide() async throws {
      let gateway = try await Scene.ready().gateway
      let body = """
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
          "protocolVersion": "2024-11-05", "capabilities": {},
          "clientInfo": {"name": "test-client", "version": "1.0"}}}
        """
      let answer = try Wire.exchange(
        port: gateway.port, "POST", "/mcp",
        [
          ("Authorization", "Bearer \(RunningGateway.staticKey)"),
          ("Content-Type", "application/json"),
        ], body)
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"]?.hasPrefix("application/json") == true)
      #expect(try answer.json["result"]?["protocolVersion"] == "2024-11-05")
    }

    @Test(
      "a call without Accept is answered in JSON where the answer is one message",
      arguments: ["erpnext", "wave", "truenas"])
    func answersWithoutAccept(backend: String) async throws {
      let gateway = try await Scene.ready().gateway
      let (session, _) = try gateway.initialize()
      let answer = try Wire.exchange(
        port: gateway.port, "POST", "/mcp",
        [
          ("Authorization", "Bearer \(RunningGateway.staticKey)"),
          ("Content-Type", "application/json"),
        ] + RunningGateway.legacy(session),
        RunningGateway.message(
          "tools/call",
          ["name": .string("\(backend)__echo"), "arguments": ["text": "plain"]]))
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"]?.hasPrefix("application/json") == true)
      #expect(try answer.json["result"]?.toolText == "plain")
    }

    @Test("a request that is too large, or no JSON, is refused and the connection is sound")
    func limitsBodies() async throws {
      let gateway = try await Scene.ready().gateway
      let wire = try Wire(port: gateway.port)
      try wire.send(
        "POST", "/mcp",
        [
          ("Authorization", "Bearer \(RunningGateway.staticKey)"),
          ("Content-Type", "text/plain"), ("Accept", "*/*"),
        ], "{}")
      #expect(try wire.receive().status == 415)
      let large = try Wire(port: gateway.port)
      try large.send(
        "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
          + "Authorization: Bearer \(RunningGateway.staticKey)\r\n"
          + "Content-Length: 99999999\r\n\r\n")
      #expect(try large.receive().status == 413)
    }

    @Test("health and readiness need no credential and tell no secret")
    func tellsHealth() async throws {
      let gateway = try await Scene.ready().gateway
      for path in ["/health", "/ready"] {
        let answer = try gateway.get(path)
        #expect(answer.status == 200, "\(path)")
        #expect(!answer.text.contains("users.json"))
      }
      #expect(try gateway.get("/status").status == 401)
      let status = try gateway.get("/status", key: RunningGateway.adminKey)
      #expect(status.status == 200)
      for backend in Scene.backends { #expect(status.text.contains(backend)) }
    }
  }
}
