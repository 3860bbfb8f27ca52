import Testing

@testable import GatewayKit

extension BackendTests {
  @Suite("HTTP backends that do wrong")
  struct HTTPFaults {
    private func settled(
      _ mode: [String], timeout: Duration = .seconds(20)
    ) async throws -> (view: BackendView, scene: BackendScene, server: FaultyServer) {
      let server = try await FaultyServer(mode)
      let scene = BackendScene(try .http(server.url, timeout: timeout))
      let view = try await scene.view(within: .seconds(90)) { $0.state != .starting }
      return (view, scene, server)
    }

    @Test(
      "an outage is no proof of an era, and is named",
      arguments: [
        (["status", "401"], "credential"), (["status", "403"], "credential"),
        (["status", "500"], "status 500"), (["status", "503"], "status 503"),
        (["status", "429"], "status 429"), (["drop"], "closed the connection"),
        (["redirect", "|elsewhere"], "redirects are not followed"),
      ])
    func outages(_ mode: [String], _ words: String) async throws {
      let (view, scene, server) = try await settled(mode)
      #expect(view.state == .down)
      #expect(view.lastError?.contains(words) == true, "\(view.lastError ?? "")")
      #expect(view.eras.isEmpty && view.catalog == nil)
      // One probe, and nothing after it; the same once more where the connection may have been an old one.
      let methods = try server.seen().map { $0["headers"]?["mcp-method"] }
      #expect(methods == Array(repeating: "server/discover", count: mode == ["drop"] ? 2 : 1))
      await scene.stop()
      await server.stop()
    }

    @Test("a time-out is no proof of an era either")
    func timeout() async throws {
      let (view, scene, server) = try await settled(["hang"], timeout: .milliseconds(300))
      #expect(view.lastError == "it did not answer within 300 ms")
      #expect(try server.seen().count == 1)
      await scene.stop()
      await server.stop()
    }

    @Test(
      "what is no MCP server is told apart from one that is out of order",
      arguments: [
        (["status", "404"], "does not know the configured path"), (["html"], "is not MCP"),
        (["future"], "it speaks only 2031-01-01"), (["version", "2031-01-01"], "wants to speak"),
        (["session", "white space"], "session id"), (["initialized", "500"], "status 500"),
      ])
    func noServers(_ mode: [String], _ words: String) async throws {
      let (view, scene, server) = try await settled(mode)
      #expect(view.state == .down)
      #expect(view.lastError?.contains(words) == true, "\(view.lastError ?? "")")
      await scene.stop()
      await server.stop()
    }

    @Test("one that is of another transport each time it is asked is left alone for a while")
    func fickle() async throws {
      let server = try await FaultyServer("fickle")
      let scene = BackendScene(try .http(server.url))
      try await scene.view { $0.state == .down }
      try await Task.sleep(for: .seconds(2))
      #expect(scene.lines.filter { $0.contains("speaks") }.count == Backend.mostReplaced)
      #expect(try server.seen().count < 30)
      await scene.stop()
      await server.stop()
    }

    @Test("over HTTP+SSE one message that is refused ends no other's call")
    func refusesOne() async throws {
      let server = try await FaultyServer("channel", "10000")
      let scene = BackendScene(
        BackendConfiguration(
          name: "channel", transport: .sse(url: try BackendURL(server.url), headers: [])))
      try await scene.up()
      let error = await #expect(throws: BackendError.self) {
        try await scene.call("one", ["text": .string(String(repeating: "x", count: 20_000))])
      }
      #expect(error?.rpcError.code == 1001)
      #expect("\(error.map { "\($0)" } ?? "")".contains("status 413"))
      #expect(try await scene.call("one").last?["result"] != nil)
      #expect(scene.set.views[0].state == .up)
      await scene.stop()
      await server.stop()
    }

    @Test("what is not acknowledged is not promised, and keeps nobody else from being heard")
    func deaf() async throws {
      let server = try await FaultyServer("deaf")
      let scene = BackendScene(try .http(server.url))
      try await scene.up()
      let wanted: Set<Watched> = [.resource("a://1"), .resource("a://2")]
      scene.set.tell(BackendAudience(wanted: { _, _ in wanted }))
      func listens() throws -> [String] {
        try server.seen().compactMap { $0["body"]?.stringValue }.filter {
          $0.contains("subscriptions/listen")
        }
      }
      for (count, watched) in wanted.enumerated() {
        let heard = try await scene.backend.hear(
          [watched], for: BackendScene.client(), in: nil)
        #expect(heard == [])
        #expect(try listens().count == count + 1)
      }
      #expect(try listens().allSatisfy { $0.contains("a://1") && $0.contains("a://2") })
      await scene.stop()
      await server.stop()
    }

    @Test("a clean answer to discover that names no modern version is a legacy server's")
    func vague() async throws {
      let (view, scene, server) = try await settled(["vague"])
      #expect(view.state == .up && view.eras == [.legacy])
      await scene.stop()
      await server.stop()
    }

    @Test("a priming event, comments and others' messages before the answer do no harm")
    func primed() async throws {
      let (view, scene, server) = try await settled(["primed"])
      #expect(view.catalog?.tools.map(\.name) == ["one"])
      await scene.stop()
      await server.stop()
    }

    @Test("all pages are read, in the backend's order")
    func pages() async throws {
      let (view, scene, server) = try await settled(["pages", "40"])
      #expect(view.catalog?.tools.map(\.name) == (0..<40).map { "tool\($0)" })
      await scene.stop()
      await server.stop()
    }

    @Test(
      "pages without an end are given up",
      arguments: [("circle", "round in a circle"), ("endless", "more than 1000 pages")])
    func endless(_ mode: String, _ words: String) async throws {
      let (view, scene, server) = try await settled([mode])
      #expect(view.lastError?.contains(words) == true, "\(view.lastError ?? "")")
      await scene.stop()
      await server.stop()
    }

    @Test("tools with a wrong x-mcp-header, without a name or twice are left out, with one warning")
    func oddTools() async throws {
      let (view, scene, server) = try await settled(["odd"])
      let tools = try #require(view.catalog?.tools)
      #expect(tools.map(\.name) == ["good", "last"])
      #expect(!tools[0].headerParameters.isEmpty && tools[1].headerParameters.isEmpty)
      #expect(view.catalog?.timeToLive == .seconds(7))
      try await scene.backend.refreshCatalog()
      let warnings = scene.lines.filter { $0.contains("is left out") }
      #expect(warnings.count == 5, "\(warnings)")
      await scene.stop()
      await server.stop()
    }

    @Test("modern requests carry what the specification wants of each, and no session")
    func modernHeaders() async throws {
      let (_, scene, server) = try await settled(["modern"])
      for request in try server.seen() {
        let body = try JSONValue.parse((request["body"]?.stringValue ?? "").utf8)
        let headers = request["headers"]
        #expect(headers?["mcp-protocol-version"] == "2026-07-28")
        #expect(headers?["mcp-method"] == body["method"])
        #expect(headers?["mcp-session-id"] == nil)
        #expect(headers?["accept"] == "application/json, text/event-stream")
        let meta = body["params"]?["_meta"]
        #expect(meta?["io.modelcontextprotocol/protocolVersion"] == "2026-07-28")
        // All that can be bridged, so that nothing of the backend's stays hidden.
        let offered = meta?["io.modelcontextprotocol/clientCapabilities"]?.objectValue
        #expect(offered?.members.map(\.key) == ["elicitation", "sampling", "roots"])
        #expect(meta?["io.modelcontextprotocol/clientInfo"]?["name"] == "mcp-gateway")
      }
      await scene.stop()
      await server.stop()
    }

    @Test("a legacy session is announced, used and ended under its id")
    func legacySession() async throws {
      let (_, scene, server) = try await settled(["session", "abc-123"])
      let seen = try server.seen().dropFirst()
      let bodies = seen.map { try? JSONValue.parse(($0["body"]?.stringValue ?? "").utf8) }
      #expect(
        bodies.map { $0?["method"]?.stringValue } == [
          "initialize", "notifications/initialized", "tools/list", nil,
        ])
      #expect(
        seen.map { $0["headers"]?["mcp-session-id"]?.stringValue } == [
          nil, "abc-123", "abc-123", "abc-123",
        ])
      #expect(seen.last?["method"] == "DELETE")
      await scene.stop()
      await server.stop()
    }

    @Test("failures that data paths report pause the backend, and its answer ends the pause")
    func breaker() async throws {
      let server = try await FaultyServer("modern")
      var configuration = try BackendConfiguration.http(server.url)
      configuration.breaker.failures = 3
      configuration.breaker.pause = .milliseconds(600)
      let scene = BackendScene(configuration)
      try await scene.up()
      for _ in 0..<3 { try scene.backend.recordFailure(.timedOut) }
      let paused = scene.set.views[0]
      guard case .paused(let until) = paused.state else {
        Issue.record("it is \(paused.state.name)")
        return
      }
      #expect(paused.nextTry == until)
      let error = await #expect(throws: BackendError.self) {
        try await scene.backend.openSession(client: .gateway, version: .newestLegacy)
      }
      #expect(error?.rpcError.code == 1003)
      // It answers, but that says nothing of what timed out.
      try await scene.backend.refreshCatalog()
      #expect(scene.set.views[0].state == paused.state)
      let up = try await scene.up()
      #expect(up.since >= until)
      await scene.stop()
      await server.stop()
    }

    @Test("a pause for an outage ends as soon as the backend answers")
    func outageEnds() async throws {
      let server = try await FaultyServer("modern")
      var configuration = try BackendConfiguration.http(server.url)
      configuration.breaker.pause = .seconds(3600)
      let scene = BackendScene(configuration)
      try await scene.up()
      for _ in 0..<5 { try scene.backend.recordFailure(.unreachable("test")) }
      #expect(scene.set.views[0].state.name == "paused")
      try await scene.up(within: .seconds(5))
      await scene.stop()
      await server.stop()
    }

    @Test("a storm of failures does not become a storm of probes")
    func storm() async throws {
      let server = try await FaultyServer("modern")
      var configuration = try BackendConfiguration.http(server.url)
      configuration.breaker.failures = 0
      let scene = BackendScene(configuration)
      try await scene.up()
      let before = try server.seen().count
      for _ in 0..<200 {
        try scene.backend.recordFailure(.timedOut)
        try await Task.sleep(for: .milliseconds(5))
      }
      // A probe is two requests, and there is one a second at most.
      #expect(try server.seen().count - before <= 6)
      await scene.stop()
      await server.stop()
    }

    @Test("the waits between tries of a backend that is down grow")
    func backoff() async throws {
      let server = try await FaultyServer("status", "500")
      let scene = BackendScene(try .http(server.url))
      try await scene.view { $0.state == .down }
      try await Task.sleep(for: .seconds(4))
      // At 0, about 1 and about 3 s.
      #expect((2...3).contains(try server.seen().count))
      try server.become("modern")
      try await scene.up()
      await scene.stop()
      await server.stop()
    }
  }
}
