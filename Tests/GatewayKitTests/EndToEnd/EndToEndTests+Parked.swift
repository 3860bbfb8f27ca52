import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("Calls that wait for a modern client's answer")
  struct Parked {
    private static let capabilities: JSONValue = ["elicitation": [:]]

    private static func params(
      _ backend: String, _ arguments: JSONValue = ["steps": ["form"]], state: JSONValue? = nil,
      answers: JSONValue? = nil
    ) -> JSONValue {
      var params = JSONObject([
        ("name", .string("\(backend)__interview")), ("arguments", arguments),
      ])
      params["requestState"] = state
      params["inputResponses"] = answers
      return .object(params)
    }

    private func call(
      _ gateway: RunningGateway, _ params: JSONValue, id: JSONValue = 1,
      key: String = RunningGateway.staticKey
    ) throws -> Wire.Answer {
      try WireStream(
        gateway, mode: "modern", "tools/call", params, id: id, key: key,
        capabilities: Self.capabilities
      ).whole()
    }

    /// Begins a call that asks; its state, and the key of its only question.
    private func begin(
      _ gateway: RunningGateway, _ backend: String, _ arguments: JSONValue = ["steps": ["form"]],
      key: String = RunningGateway.staticKey
    ) throws -> (state: JSONValue, question: String) {
      let answer = try call(gateway, Self.params(backend, arguments), key: key)
      let result = try answer.json["result"]
      #expect(result?["resultType"] == "input_required", "\(answer.text)")
      let asked = try #require(result?["inputRequests"]?.objectValue?.members.first)
      #expect(asked.value["method"] == "elicitation/create")
      #expect(asked.value["params"]?["message"] == "form 1")
      return (try #require(result?["requestState"]), asked.key)
    }

    private static func accept(_ question: String) -> JSONValue {
      .object(
        JSONObject([(question, ["action": "accept", "content": ["color": "green"]])]))
    }

    private func refusal(_ answer: Wire.Answer) -> String { "\(answer.status) \(answer.code ?? 0)" }

    @Test("a retry with the answer ends the call", arguments: ["old", "old-stdio"])
    func resumes(backend: String) async throws {
      let gateway = try await BridgeScene.ready().gateway
      let (state, question) = try begin(gateway, backend)
      #expect(try gateway.status("parkedCalls") == 1)
      let answer = try call(
        gateway, Self.params(backend, state: state, answers: Self.accept(question)), id: "again")
      #expect(try answer.json["id"] == "again")
      #expect(try answer.json["result"]?.toolJSON == [["color": "green"]], "\(answer.text)")
      #expect(try answer.json["result"]?["resultType"] == "complete")
      #expect(try gateway.status("parkedCalls") == 0)
    }

    @Test("a retry without the answer is asked the same again")
    func asksAgain() async throws {
      let gateway = try await BridgeScene.ready().gateway
      let (state, question) = try begin(gateway, "old")
      let again = try call(gateway, Self.params("old", state: state)).json["result"]
      #expect(again?["resultType"] == "input_required", "\(again?.text ?? "")")
      #expect(again?["inputRequests"]?[question] != nil)
      let next = try #require(again?["requestState"])
      let last = try call(
        gateway, Self.params("old", state: next, answers: Self.accept(question)))
      #expect(try last.json["result"]?.toolJSON == [["color": "green"]])
    }

    @Test("a state is good once, for its own user, tool and arguments, and as it was given")
    func isBound() async throws {
      let gateway = try await BridgeScene.ready().gateway
      let ada = try await gateway.makeUser(Scene.newName())
      let eve = try await gateway.makeUser(Scene.newName())
      let (state, question) = try begin(gateway, "old", key: ada)
      let answers = Self.accept(question)
      let good = Self.params("old", state: state, answers: answers)
      let text = try #require(state.stringValue)
      let changed = String(text.dropLast(2)) + (text.hasSuffix("AA") ? "BB" : "AA")
      for (params, key, what) in [
        (good, eve, "another user"), (good, RunningGateway.staticKey, "the static key"),
        (Self.params("old", ["steps": ["url"]], state: state, answers: answers), ada, "arguments"),
        (Self.params("old-stdio", state: state, answers: answers), ada, "another backend"),
        (Self.params("old", state: .string(changed), answers: answers), ada, "changed"),
      ] {
        #expect(refusal(try call(gateway, params, key: key)) == "410 1005", "\(what)")
      }
      #expect(try gateway.status("parkedCalls") == 1)
      #expect(
        try call(gateway, good, key: ada).json["result"]?.toolJSON == [["color": "green"]])
      #expect(refusal(try call(gateway, good, key: ada)) == "410 1005")
    }

    @Test(
      "a key that is revoked ends the call that waits, at its backend too",
      arguments: ["old", "old-stdio"])
    func endsByRevocation(backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let gateway = scene.gateway
      let user = Scene.newName()
      let key = try await gateway.makeUser(user)
      let before = try scene.old.stats()["interviewsCancelled"]?.intValue ?? -1
      let (state, question) = try begin(gateway, backend, key: key)
      #expect(try gateway.status("parkedCalls") == 1)
      try await gateway.command("users", "disable", user)
      #expect(
        try await eventually(within: .seconds(2)) { try gateway.status("parkedCalls") == 0 })
      if backend == "old" {
        #expect(
          try await eventually {
            try scene.old.stats()["interviewsCancelled"]?.intValue == before + 1
          })
      }
      try await gateway.command("users", "enable", user)
      #expect(
        try await eventually {
          let params = Self.params(backend, state: state, answers: Self.accept(question))
          return refusal(try call(gateway, params, key: key)) == "410 1005"
        })
    }

    @Test("a user who may no longer use the tool loses the call that waits")
    func endsByAccess() async throws {
      let gateway = try await BridgeScene.ready().gateway
      let user = Scene.newName()
      let key = try await gateway.makeUser(user)
      _ = try begin(gateway, "old", key: key)
      try await gateway.setAccess(of: user, block: ["old/interview"])
      #expect(
        try await eventually(within: .seconds(2)) { try gateway.status("parkedCalls") == 0 })
    }

    @Test("where none may wait, the call ends with an error that says so")
    func isSwitchedOff() async throws {
      let old = try await PeerServer.start("old", "--eras", "legacy")
      let gateway = try await RunningGateway.start(
        backends: ["old": ["url": .string(old.url)]], settings: ["bridge": ["parkedCalls": 0]])
      try await Scene.waitForCatalogs(of: gateway, ["old"])
      let answer = try call(gateway, Self.params("old"))
      #expect(refusal(answer) == "503 1004", "\(answer.text)")
      #expect(try answer.json["error"]?["message"] == "cannot wait for input here")
      #expect(try await eventually { try old.stats()["interviewsCancelled"] == 1 })
      #expect(try gateway.status("parkedCalls") == 0)
      // Plain calls go on, and those of legacy clients are asked.
      let echo = try gateway.modern(
        "tools/call", ["name": "old__echo", "arguments": ["text": "x"]])
      #expect(try echo.json["result"]?.toolText == "x")
      try await gateway.stop()
      await old.stop()
    }

    @Test("after a restart of the gateway a retry is told that nothing waits")
    func endsWithTheProcess() async throws {
      let old = try await PeerServer.start("old", "--eras", "legacy")
      let directory = try Place.temporaryDirectory()
      let backends: JSONValue = ["old": ["url": .string(old.url)]]
      let first = try await RunningGateway.start(backends: backends, directory: directory)
      try await Scene.waitForCatalogs(of: first, ["old"])
      let (state, question) = try begin(first, "old")
      first.program.signal(9)
      _ = try await first.program.exitCode()
      let second = try await RunningGateway.start(backends: backends, directory: directory)
      try await Scene.waitForCatalogs(of: second, ["old"])
      let retry = Self.params("old", state: state, answers: Self.accept(question))
      #expect(refusal(try call(second, retry)) == "410 1005")
      try await second.stop()
      await old.stop()
    }
  }
}
