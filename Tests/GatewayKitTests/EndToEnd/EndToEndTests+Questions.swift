import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("What a backend asks a client in the middle of a call")
  struct Questions {
    private static let steps: JSONValue = ["form", "url", "sample", "roots"]
    private static let told: JSONValue = [["color": "blue"], "accept", "hi", ["file:///a"]]

    private func interview(
      _ scene: BridgeScene, _ client: String, _ backend: String, _ arguments: JSONValue
    ) async throws -> JSONValue {
      try await scene.client.call(client, "\(backend)__interview", arguments)
    }

    private func asked(_ scene: BridgeScene, _ client: String) -> [String] {
      scene.client.events.filter {
        $0["event"] == "asked" && $0["client"] == .string(client)
      }.compactMap { event in
        [event["kind"]?.stringValue, event["message"]?.stringValue].compactMap(\.self)
          .joined(separator: " ")
      }
    }

    @Test(
      "elicitation, sampling and roots are asked one after another",
      arguments: Scene.modes, BridgeScene.backends)
    func asks(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode, answers: BridgeScene.answers)
      let result = try await interview(scene, client, backend, ["steps": Self.steps])
      #expect(result.toolJSON == Self.told)
      #expect(asked(scene, client) == ["form form 1", "url url 2", "sample sample 3", "roots "])
      try await scene.client.close(client)
    }

    @Test(
      "several are asked at once, each answer reaches its own question",
      arguments: Scene.modes, BridgeScene.backends)
    func asksAtOnce(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode, answers: BridgeScene.answers)
      let result = try await interview(
        scene, client, backend, ["steps": Self.steps, "at_once": true])
      #expect(result.toolJSON == Self.told)
      #expect(asked(scene, client).count == 4)
      try await scene.client.close(client)
    }

    @Test("a prompt asks too", arguments: Scene.modes, BridgeScene.backends)
    func promptsAsk(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode, answers: BridgeScene.answers)
      let result = try await scene.client.do(
        "prompt", ["client": .string(client), "name": .string("\(backend)__survey")])
      #expect(
        result["messages"]?.arrayValue?.first?["content"]?["text"]
          == #"survey [{"color": "blue"}]"#)
      try await scene.client.close(client)
    }

    @Test("what a client declines is declined", arguments: Scene.modes, BridgeScene.backends)
    func declines(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode, answers: ["form": "decline", "url": "cancel"])
      let result = try await interview(scene, client, backend, ["steps": ["form", "url"]])
      #expect(result.toolJSON == ["decline", "cancel"])
      try await scene.client.close(client)
    }

    @Test(
      "a question that names no call reaches the caller too", arguments: Scene.modes,
      ["old", "old-stdio"])
    func asksApart(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let key = try await scene.gateway.makeUser(Scene.newName())
      let client = try await scene.connect(mode, answers: BridgeScene.answers, key: key)
      if backend == "old" {
        // The backend can ask so once the session's stream is open, which its first call brings about.
        func streams() throws -> Int { try scene.old.stats()["http"]?["GET"]?.intValue ?? 0 }
        let before = try streams()
        _ = try await scene.client.call(client, "old__echo", ["text": "x"])
        #expect(try await eventually { try streams() > before })
      }
      let arguments: JSONValue = ["steps": ["roots", "form"], "apart": true]
      let result = try await interview(scene, client, backend, arguments)
      #expect(result.toolJSON == [["file:///a"], ["color": "blue"]])
      try await scene.client.close(client)
    }

    @Test(
      "a client that cannot be asked is not, and its call ends",
      arguments: Scene.modes, BridgeScene.backends)
    func lacks(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode, answers: ["roots": ["file:///a"]])
      let result: JSONValue?
      do {
        result = try await interview(scene, client, backend, ["steps": ["form"]])
      } catch is PeerClient.Failure {
        result = nil
      }
      #expect(result.map { $0["isError"] == true } ?? true, "\(result?.text ?? "")")
      #expect(asked(scene, client) == [])
      try await scene.client.close(client)
    }

    @Test("progress goes on after the answer", arguments: Scene.modes, BridgeScene.backends)
    func progresses(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode, answers: BridgeScene.answers)
      let id = try scene.client.begin(
        "call",
        [
          "client": .string(client), "name": .string("\(backend)__interview"),
          "arguments": ["steps": ["form"]],
        ])
      #expect(try await scene.client.finish(id).toolJSON == [["color": "blue"]])
      let seen = scene.client.events.filter {
        $0["event"] == "progress" && $0["id"]?.intValue == id
      }.compactMap { $0["message"]?.stringValue }
      #expect(seen.first == "begun" && seen.last == "done", "\(seen)")
      try await scene.client.close(client)
    }

    @Test("clients that are asked at the same moment answer each their own call")
    func crossesNothing() async throws {
      let scene = try await BridgeScene.ready()
      var calls: [(id: Int, color: String, cell: String)] = []
      var clients: [String] = []
      for mode in Scene.modes {
        for number in 0..<3 {
          let color = "\(mode) \(number)"
          let client = try await scene.connect(
            mode, answers: ["form": ["color": .string(color)]],
            key: try await scene.gateway.makeUser(Scene.newName()))
          clients.append(client)
          for backend in BridgeScene.backends {
            let id = try scene.client.begin(
              "call",
              [
                "client": .string(client), "name": .string("\(backend)__interview"),
                "arguments": ["steps": ["form", "form"]],
              ])
            calls.append((id, color, "\(color) \(backend)"))
          }
        }
      }
      for call in calls {
        let answer: JSONValue = ["color": .string(call.color)]
        await #expect(throws: Never.self, "\(call.cell)") {
          let told = try await scene.client.finish(call.id).toolJSON
          #expect(told == [answer, answer], "\(call.cell)")
        }
      }
      for client in clients { try await scene.client.close(client) }
    }

    @Test("no question and no call is left over")
    func leavesNothing() async throws {
      let scene = try await BridgeScene.ready()
      #expect(try await eventually { try scene.gateway.status("parkedCalls") == 0 })
    }

    // MARK: Answers of legacy clients by hand

    private func answer(
      _ gateway: RunningGateway, _ id: JSONValue, session: String,
      key: String = RunningGateway.staticKey, color: JSONValue = "red"
    ) throws -> Int {
      let message: JSONValue = [
        "jsonrpc": "2.0", "id": id,
        "result": ["action": "accept", "content": ["color": color]],
      ]
      return try gateway.post(
        message.text, key: key, headers: RunningGateway.legacy(session)
      ).status
    }

    @Test(
      "an answer is taken once, and only from the session that was asked",
      arguments: BridgeScene.backends)
    func answersOnce(backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let gateway = scene.gateway
      let capabilities: JSONValue = ["elicitation": [:]]
      let session = try gateway.initialize(capabilities: capabilities).session
      let other = try gateway.initialize(capabilities: capabilities).session
      let stream = try WireStream(
        gateway, mode: "legacy", "tools/call",
        ["name": .string("\(backend)__interview"), "arguments": ["steps": ["form"]]], id: "call",
        session: session)
      let question = try stream.nextMessage().message
      let id = try #require(question["id"], "\(question.text)")
      #expect(question["method"] == "elicitation/create", "\(question.text)")
      #expect(question["params"]?["message"] == "form 1")
      #expect(id.stringValue?.hasPrefix("\(backend)/") == true)

      #expect(try answer(gateway, .string("\(backend)/0"), session: session) == 400)
      #expect(try answer(gateway, 1, session: session) == 400)
      // Another session's, and a second: accepted, as messages are, and dropped.
      #expect(try answer(gateway, id, session: other, color: "blue") == 202)
      #expect(try answer(gateway, id, session: session) == 202)
      #expect(try answer(gateway, id, session: session, color: "blue") == 202)
      let response = try stream.nextMessage().message
      #expect(response["id"] == "call")
      #expect(response["result"]?.toolJSON == [["color": "red"]], "\(response.text)")
      #expect(try stream.next() == nil && stream.isAtEnd)
    }
  }
}
