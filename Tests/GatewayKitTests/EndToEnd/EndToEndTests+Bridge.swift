import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("Every client with every backend")
  struct Bridge {
    @Test("a tool is called", arguments: Scene.modes, BridgeScene.backends)
    func calls(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode)
      try await scene.client.usesTools(client, of: backend)
      let failure = try await scene.client.call(client, "\(backend)__fail", ["message": "so"])
      #expect(failure["isError"] == true && failure.toolText?.contains("so") == true)
      let size = 600_000
      let big = try await scene.client.call(
        client, "\(backend)__big", ["bytes": .number("\(size)")])
      #expect(big.toolText?.utf8.count == size)
      try await scene.client.close(client)
    }

    @Test(
      "prompts, resources, templates and completions reach their backend",
      arguments: Scene.modes, BridgeScene.backends)
    func gets(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode)
      try await scene.client.getsPromptAndResources(client, of: backend)
      let completion = try await scene.client.do(
        "complete",
        [
          "client": .string(client), "argument": "item", "value": "ap",
          "template": .string("\(backend)://items/{item}"),
        ])
      #expect(completion["completion"]?["values"] == ["apple", "apricot"])
      try await scene.client.close(client)
    }

    @Test("progress arrives in order", arguments: Scene.modes, BridgeScene.backends)
    func progresses(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode)
      try await scene.client.hearsProgress(client, of: backend)
      try await scene.client.close(client)
    }

    @Test(
      "a client gets the log messages that it asked for, in its era's manner",
      arguments: Scene.modes, BridgeScene.backends)
    func logs(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode, logLevel: "warning")
      if mode == "legacy" {
        try await scene.client.do("level", ["client": .string(client), "level": "warning"])
      }
      for level in ["info", "warning", "debug", "error"] {
        let arguments: JSONValue = ["message": .string(level), "level": .string(level)]
        let result = try await scene.client.call(client, "\(backend)__log", arguments)
        #expect(result.toolText == "logged")
      }
      let seen = try await scene.events("log", of: client, atLeast: 2)
      #expect(seen.map { $0["data"] } == ["warning", "error"])
      try await scene.client.close(client)
    }

    @Test(
      "a modern client that names no level gets no log messages", arguments: ["old", "old-stdio"])
    func logsNothing(backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect("modern")
      let arguments: JSONValue = ["message": "x", "level": "emergency"]
      #expect(
        try await scene.client.call(client, "\(backend)__log", arguments).toolText == "logged")
      #expect(
        try await scene.client.call(client, "\(backend)__echo", ["text": "x"]).toolText == "x")
      #expect(
        !scene.client.events.contains { $0["event"] == "log" && $0["client"] == .string(client) })
      try await scene.client.close(client)
    }

    @Test("a backend sees the client's own name, and requests as its own era has them")
    func identifies() async throws {
      let scene = try await BridgeScene.ready()
      for mode in Scene.modes {
        let client = try await scene.connect(mode, answers: ["roots": ["file:///a"]])
        for backend in ["old", "new"] {
          let seen = try await scene.client.do(
            "call",
            [
              "client": .string(client), "name": .string("\(backend)__whoami"),
              "meta": ["example.org/x": [1, "a"]],
            ]
          ).toolJSON
          let cell = "\(mode) \(backend)"
          #expect(seen?["clientInfo"]?["name"] == "peer-client", "\(cell)")
          #expect(seen?["clientCapabilities"]?["roots"] != nil, "\(cell)")
          #expect(seen?["clientCapabilities"]?["elicitation"] == nil, "\(cell)")
          #expect(
            seen?["protocolVersion"] == (backend == "new" ? "2026-07-28" : "2025-11-25"), "\(cell)")
          #expect((seen?["sessionId"]?.stringValue == nil) == (backend == "new"), "\(cell)")
          #expect(seen?["meta"]?["example.org/x"] == [1, "a"], "\(cell)")
          let reserved = seen?["meta"]?["io.modelcontextprotocol/protocolVersion"]
          #expect(reserved == (backend == "new" ? "2026-07-28" : nil), "\(cell)")
          #expect(seen?["headers"]?["mcp-name"] == (backend == "new" ? "whoami" : nil), "\(cell)")
        }
        try await scene.client.close(client)
      }
    }

    @Test(
      "a resource that is not there has the code of the client's era",
      arguments: BridgeScene.backends)
    func mapsErrors(backend: String) async throws {
      let scene = try await BridgeScene.ready()
      for mode in Scene.modes {
        let client = try await scene.connect(mode)
        await #expect("\(mode)") {
          try await scene.client.do(
            "read", ["client": .string(client), "uri": .string("\(backend)://nothing")])
        } throws: { error in
          (error as? PeerClient.Failure)?.code == (mode == "legacy" ? -32002 : -32602)
        }
        try await scene.client.close(client)
      }
    }

    @Test(
      "a client that gives up ends the call at a backend of the other era",
      arguments: [("legacy", "new"), ("modern", "old")])
    func cancels(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let peer = backend == "old" ? scene.old : scene.new
      let client = try await scene.connect(mode)
      func count(_ name: String) throws -> Int { try peer.stats()[name]?.intValue ?? -1 }
      let before = (started: try count("slowStarted"), cancelled: try count("slowCancelled"))
      let call = try scene.client.begin(
        "call",
        [
          "client": .string(client), "name": .string("\(backend)__slow"),
          "arguments": ["seconds": 30],
        ])
      #expect(try await eventually { try count("slowStarted") > before.started })
      try await scene.client.do("cancel", ["call": .number("\(call)")])
      #expect(try await eventually { try count("slowCancelled") == before.cancelled + 1 })
      try await scene.client.close(client)
    }

    @Test(
      "a legacy client's lost connection ends no call, a modern one's does",
      arguments: ["old", "new"])
    func disconnects(backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let gateway = scene.gateway
      let peer = backend == "old" ? scene.old : scene.new
      func count(_ name: String) throws -> Int { try peer.stats()[name]?.intValue ?? -1 }
      for mode in Scene.modes {
        let before = try peer.stats()
        func grown(_ name: String) throws -> Int { try count(name) - (before[name]?.intValue ?? 0) }
        let stream = try WireStream(
          gateway, mode: mode, "tools/call",
          [
            "name": .string("\(backend)__slow"),
            "arguments": ["seconds": .number(mode == "legacy" ? "1" : "30")],
          ])
        #expect(try await eventually { try grown("slowStarted") == 1 })
        stream.close()
        let ended = mode == "legacy" ? "slowFinished" : "slowCancelled"
        #expect(try await eventually { try grown(ended) == 1 }, "\(mode)")
      }
    }
  }
}
