import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("What a user sees and may call")
  struct Access {
    @Test("a user allowed only erpnext sees and calls only erpnext", arguments: Scene.modes)
    func allowsOneBackend(mode: String) async throws {
      let scene = try await Scene.ready()
      let key = try await scene.gateway.makeUser(Scene.newName(), allow: ["erpnext"])
      let client = try await scene.connect(mode, key: key)
      let tools = try await scene.client.names(client, "tools")
      #expect(!tools.isEmpty && tools.allSatisfy { $0.hasPrefix("erpnext__") })
      #expect(
        try await scene.client.names(client, "prompts") == ["erpnext__greet", "erpnext__survey"])
      #expect(try await scene.client.names(client, "resources") == ["erpnext://about"])
      #expect(try await scene.client.names(client, "templates") == ["erpnext://items/{item}"])
      let echo = try await scene.client.call(client, "erpnext__echo", ["text": "mine"])
      #expect(echo.toolText == "mine")

      // Forbidden is as unknown.
      for (command, members, message) in [
        ("call", ["name": "wave__echo", "arguments": ["text": "x"]], "Unknown tool: wave__echo"),
        ("prompt", ["name": "wave__greet", "arguments": ["person": "x"]], "wave__greet"),
        ("read", ["uri": "wave://about"], "wave://about"),
        ("read", ["uri": "wave://items/x"], "wave://items/x"),
        (
          "complete", ["prompt": "wave__greet", "argument": "person", "value": ""],
          "wave__greet"
        ),
      ] as [(String, JSONValue, String)] {
        await #expect("\(command) \(message)") {
          try await scene.client.do(command, members.adding("client", .string(client)))
        } throws: { error in
          (error as? PeerClient.Failure)?.message.contains(message) == true
        }
      }
      try await scene.client.close(client)
    }

    @Test("a blocked backend is missing from every list", arguments: Scene.modes)
    func blocksOneBackend(mode: String) async throws {
      let scene = try await Scene.ready()
      let key = try await scene.gateway.makeUser(Scene.newName(), block: ["truenas"])
      let client = try await scene.connect(mode, key: key)
      let tools = try await scene.client.names(client, "tools")
      #expect(tools.contains("wave__echo") && tools.contains("erpnext__echo"))
      #expect(!tools.contains { $0.hasPrefix("truenas__") })
      #expect(!(try await scene.client.names(client, "resources")).contains("truenas://about"))
      try await scene.client.close(client)
    }

    @Test("patterns allow and block single tools, and block beats allow", arguments: Scene.modes)
    func appliesPatterns(mode: String) async throws {
      let scene = try await Scene.ready()
      let key = try await scene.gateway.makeUser(
        Scene.newName(), allow: ["erpnext/ec*", "erpnext/add", "wave"],
        block: ["wave/*o*", "erpnext/a*"])
      let client = try await scene.connect(mode, key: key)
      let tools = try await scene.client.names(client, "tools")
      // wave/*o* takes echo, slow, progress, whoami, log, touch and grow.
      #expect(
        Set(tools) == ["erpnext__echo", "wave__add", "wave__big", "wave__fail", "wave__interview"])
      await #expect(throws: PeerClient.Failure.self) {
        try await scene.client.call(client, "erpnext__add", ["a": 1, "b": 1])
      }
      await #expect(throws: PeerClient.Failure.self) {
        try await scene.client.call(client, "wave__echo", ["text": "x"])
      }
      // This pattern is like no resource of erpnext.
      let resources = try await scene.client.names(client, "resources")
      #expect(!resources.contains("erpnext://about"))
      try await scene.client.close(client)
    }

    @Test("a completion is judged by the reference that its backend reads", arguments: Scene.modes)
    func judgesCompletions(mode: String) async throws {
      let scene = try await Scene.ready()
      let gateway = scene.gateway
      let key = try await gateway.makeUser(Scene.newName(), allow: ["erpnext/greet"])
      let session = try gateway.initialize(key: key).session
      func complete(_ reference: JSONValue, _ argument: String) throws -> Wire.Answer {
        let params: JSONValue = [
          "ref": reference, "argument": ["name": .string(argument), "value": "a"],
        ]
        return mode == "modern"
          ? try gateway.modern("completion/complete", params, key: key)
          : try gateway.post(
            RunningGateway.message("completion/complete", params), key: key,
            headers: RunningGateway.legacy(session))
      }
      let allowed = try complete(["type": "ref/prompt", "name": "erpnext__greet"], "person")
      #expect(allowed.text.contains("albert"), "\(allowed.text)")
      // Both names at once: the one that is allowed must not open the other.
      for reference in [
        ["type": "ref/resource", "uri": "erpnext://items/{item}"],
        ["type": "ref/resource", "uri": "erpnext://items/{item}", "name": "erpnext__greet"],
        ["name": "erpnext__greet", "uri": "erpnext://items/{item}", "type": "ref/resource"],
      ] as [JSONValue] {
        let answer = try complete(reference, "item")
        #expect(!answer.text.contains("apple"), "\(reference.text): \(answer.text)")
      }
    }

    @Test("a backend out of reach answers at its path as one that does not exist")
    func hidesPaths() async throws {
      let scene = try await Scene.ready()
      let key = try await scene.gateway.makeUser(Scene.newName(), allow: ["erpnext"])
      for headers in [RunningGateway.mirror("tools/list", [:]), []] {
        let answers = try ["wave", "nowhere"].map { name in
          try scene.gateway.modern(
            "tools/list", to: "/mcp/\(name)", key: key, headers: headers)
        }
        #expect(answers[0].status == 404)
        #expect(answers[1].status == 404)
        let bodies = try answers.map { try Self.withoutRequest($0.json) }
        #expect(bodies[0] == bodies[1])
        let names = answers.map { Set($0.headers.keys) }
        #expect(names[0] == names[1])
      }
      #expect(
        try scene.gateway.modern("tools/list", to: "/mcp/erpnext", key: key).status == 200)
    }

    @Test("a user whose backends are all blocked gets 403 on every method")
    func refusesEmptyReach() async throws {
      let scene = try await Scene.ready()
      let key = try await scene.gateway.makeUser(Scene.newName(), block: Scene.backends)
      let body: JSONValue = [
        "error": "access_denied", "message": "All MCPs are blocked for your user",
      ]
      let answers = [
        try scene.gateway.modern("tools/list", key: key),
        try scene.gateway.modern("server/discover", key: key),
        try scene.gateway.post(RunningGateway.message("ping"), key: key),
        try scene.gateway.get("/mcp", key: key),
      ]
      for answer in answers {
        #expect(answer.status == 403)
        #expect(try Self.withoutRequest(answer.json) == body)
      }
    }

    /// An error but for the number of the request, which no other has.
    private static func withoutRequest(_ error: JSONValue) -> JSONValue {
      var members = error.objectValue ?? JSONObject()
      members["request_id"] = nil
      return .object(members)
    }

    @Test("the static key reaches every backend; the admin key none")
    func knowsSpecialKeys() async throws {
      let scene = try await Scene.ready()
      #expect(try scene.gateway.modern("tools/list").status == 200)
      let answer = try scene.gateway.modern("tools/list", key: RunningGateway.adminKey)
      #expect(answer.status == 401)
    }
  }
}
