import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("What clients and backends of one era say to each other")
  struct Features {
    @Test("the joint lists have every backend's items", arguments: Scene.modes)
    func lists(mode: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      let tools = try await scene.client.names(client, "tools")
      for backend in Scene.peers {
        for tool in ["echo", "add", "slow", "progress", "big", "fail", "whoami", "log"] {
          #expect(tools.contains("\(backend)__\(tool)"))
        }
      }
      #expect(tools.contains("homeassistant__get_state"))
      #expect(Set(tools).count == tools.count)
      let prompts = try await scene.client.names(client, "prompts")
      #expect(prompts.contains("wave__greet") && prompts.contains("homeassistant__good_night"))
      let resources = try await scene.client.names(client, "resources")
      #expect(resources.contains("truenas://about"))
      #expect(resources.contains("homeassistant://areas"))
      let templates = try await scene.client.names(client, "templates")
      #expect(templates.contains("erpnext://items/{item}"))
      try await scene.client.close(client)
    }

    @Test("the lists come in the order of the configuration, the same each time")
    func listsInOrder() async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect("modern")
      let first = try await scene.client.names(client, "tools")
      #expect(first == (try await scene.client.names(client, "tools")))
      let order = first.map { $0.prefix { $0 != "_" } }.reduce(into: [Substring]()) {
        if $0.last != $1 { $0.append($1) }
      }
      #expect(order == Scene.backends.map { $0[...] })
      try await scene.client.close(client)
    }

    @Test("a tool is called at each kind of backend", arguments: Scene.modes, Scene.peers)
    func calls(mode: String, backend: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      try await scene.client.usesTools(client, of: backend)
      try await scene.client.close(client)
    }

    @Test(
      "prompts, resources, templates and completions reach their backend",
      arguments: Scene.modes, Scene.peers)
    func gets(mode: String, backend: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      try await scene.client.getsPromptAndResources(client, of: backend)
      for (reference, argument) in [
        (("prompt", "\(backend)__greet"), "person"),
        (("template", "\(backend)://items/{item}"), "item"),
      ] {
        let completion = try await scene.client.do(
          "complete",
          [
            "client": .string(client), "argument": .string(argument), "value": "a",
            reference.0: .string(reference.1),
          ])
        #expect(completion["completion"]?["values"]?.arrayValue?.count == 2)
      }
      try await scene.client.close(client)
    }

    @Test(
      "progress arrives in order during the call",
      arguments: Scene.modes, ["erpnext", "truenas"])
    func progresses(mode: String, backend: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      try await scene.client.hearsProgress(client, of: backend)
      try await scene.client.close(client)
    }

    @Test("the demo's progress passes too", arguments: Scene.modes)
    func demoProgresses(mode: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      let state = try await scene.client.call(
        client, "homeassistant__get_state", ["entity_id": "light.hall"])
      #expect(state["structuredContent"]?["state"] == "on")
      let error = try await scene.client.call(
        client, "homeassistant__get_state", ["entity_id": "light.nowhere"])
      #expect(error["isError"] == true)
      try await scene.client.close(client)
    }

    @Test("log messages arrive during the call")
    func logs() async throws {
      let scene = try await Scene.ready()
      let client = "log-client"
      try await scene.client.do(
        "connect",
        [
          "client": .string(client), "url": .string(scene.gateway.url),
          "key": .string(RunningGateway.staticKey), "mode": "modern", "logLevel": "info",
        ])
      _ = try await scene.client.call(client, "erpnext__log", ["message": "seen"])
      let seen = scene.client.events.filter {
        $0["event"] == "log" && $0["client"] == .string(client)
      }
      #expect(seen.map { $0["data"] } == ["seen"])
      try await scene.client.close(client)
    }

    @Test("a large answer passes whole", arguments: Scene.modes, ["wave", "truenas"])
    func passesLargeAnswers(mode: String, backend: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      let size = mode == "legacy" && backend == "truenas" ? 500_000 : 3_000_000
      let result = try await scene.client.call(
        client, "\(backend)__big", ["bytes": .number("\(size)")])
      #expect(result.toolText?.utf8.count == size)
      try await scene.client.close(client)
    }

    @Test("a tool's own failure passes as its result", arguments: Scene.modes)
    func passesToolFailures(mode: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      let result = try await scene.client.call(client, "wave__fail", ["message": "as asked"])
      #expect(result["isError"] == true)
      #expect(result.toolText?.contains("as asked") == true)
      try await scene.client.close(client)
    }

    @Test("a tool that no backend has is unknown", arguments: Scene.modes)
    func refusesUnknownTools(mode: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      for name in ["nothing", "nothing__echo", "erpnext__nothing", "echo"] {
        await #expect {
          try await scene.client.call(client, name)
        } throws: { error in
          let failure = error as? PeerClient.Failure
          return failure?.code == -32602 && failure?.message == "Unknown tool: \(name)"
        }
      }
      try await scene.client.close(client)
    }

    @Test("a client that negotiates by itself lands on 2026-07-28")
    func negotiates() async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect("auto")
      let info = try await scene.client.do("info", ["client": .string(client)])
      #expect(info["protocolVersion"] == "2026-07-28")
      let result = try await scene.client.call(client, "erpnext__echo", ["text": "x"])
      #expect(result.toolText == "x")
      try await scene.client.close(client)
    }

    @Test("one backend's endpoint has its own names and its own answers", arguments: Scene.modes)
    func servesOneBackend(mode: String) async throws {
      let scene = try await Scene.ready()
      for backend in ["erpnext", "wave"] {
        let client = try await scene.connect(mode, to: "/\(backend)")
        let tools = try await scene.client.names(client, "tools")
        #expect(tools.contains("echo") && !tools.contains { $0.contains("__") })
        #expect(try await scene.client.names(client, "prompts") == ["greet", "survey"])
        let result = try await scene.client.call(client, "echo", ["text": "own"])
        #expect(result.toolText == "own")
        let info = try await scene.client.do("info", ["client": .string(client)])
        #expect(info["serverInfo"]?["name"] == .string(backend))
        try await scene.client.close(client)
      }
    }

    @Test(
      "a backend gets the gateway's credential and never the client's",
      arguments: Scene.modes)
    func keepsCredentials(mode: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      for backend in ["erpnext", "wave"] {
        let seen = try await scene.client.call(client, "\(backend)__whoami").toolJSON
        let headers = try #require(seen?["headers"])
        #expect(!headers.text.contains(RunningGateway.staticKey))
        #expect(
          headers["authorization"]
            == (backend == "erpnext" ? .string("Bearer \(Scene.backendToken)") : nil))
        #expect(headers["x-from"] == (backend == "erpnext" ? "gateway" : nil))
        if mode == "modern" {
          #expect(headers["mcp-method"] == "tools/call")
          #expect(headers["mcp-name"] == "whoami")
          #expect(headers["mcp-session-id"] == nil)
        }
      }
      try await scene.client.close(client)
    }

    @Test("_meta that the gateway does not know reaches the backend", arguments: Scene.modes)
    func passesMeta(mode: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      let trace = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"
      let result = try await scene.client.do(
        "call",
        [
          "client": .string(client), "name": "erpnext__whoami",
          "meta": ["traceparent": .string(trace), "example.org/x": [1, "a"]],
        ])
      let meta = result.toolJSON?["meta"]
      #expect(meta?["traceparent"] == .string(trace))
      #expect(meta?["example.org/x"] == [1, "a"])
      try await scene.client.close(client)
    }

    @Test("a backend sees the client's own name and capabilities", arguments: Scene.modes)
    func passesIdentity(mode: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      for backend in ["erpnext", "wave"] {
        let seen = try await scene.client.call(client, "\(backend)__whoami").toolJSON
        #expect(seen?["clientInfo"]?["name"] == "peer-client")
        #expect(
          seen?["protocolVersion"] == (mode == "modern" ? "2026-07-28" : "2025-11-25"))
      }
      try await scene.client.close(client)
    }

    @Test("a client that gives up ends the call at the backend", arguments: Scene.modes)
    func cancels(mode: String) async throws {
      let scene = try await Scene.ready()
      let client = try await scene.connect(mode)
      let before = try scene.erpnext.stats()["slowCancelled"]?.intValue ?? 0
      let call = try scene.client.begin(
        "call",
        [
          "client": .string(client), "name": "erpnext__slow", "arguments": ["seconds": 30],
        ])
      try await Task.sleep(for: .milliseconds(500))
      try await scene.client.do("cancel", ["call": .number("\(call)")])
      var now = before
      for _ in 0..<100 where now == before {
        try await Task.sleep(for: .milliseconds(50))
        now = try scene.erpnext.stats()["slowCancelled"]?.intValue ?? 0
      }
      #expect(now == before + 1)
      try await scene.client.close(client)
    }
  }
}
