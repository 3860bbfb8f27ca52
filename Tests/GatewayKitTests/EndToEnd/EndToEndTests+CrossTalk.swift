import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("Answers go to whom they belong")
  struct CrossTalk {
    @Test(
      "1,000 connections with the same id get each their own answer",
      arguments: Scene.modes)
    func keepsAnswersApart(mode: String) async throws {
      let scene = try await Scene.ready()
      var keys: [String] = []
      for _ in 0..<2 { keys.append(try await scene.gateway.makeUser(Scene.newName())) }
      // An id is unique in its session, so that each client has one of its own.
      let sessions =
        mode == "legacy"
        ? try (0..<1000).map { try scene.gateway.initialize(key: keys[$0 % 2]).session } : []
      let wires = try (0..<1000).map { _ in try Wire(port: scene.gateway.port) }
      for (number, wire) in wires.enumerated() {
        let backend = Scene.peers[number % Scene.peers.count]
        var params: JSONValue = [
          "name": .string("\(backend)__echo"), "arguments": ["text": .string("own \(number)")],
        ]
        var headers = [
          ("Authorization", "Bearer \(keys[number % 2])"),
          ("Content-Type", "application/json"),
          ("Accept", "application/json, text/event-stream"),
        ]
        if mode == "modern" {
          params = params.adding(
            "_meta", RunningGateway.modernMeta.adding("progressToken", "same"))
          headers += RunningGateway.mirror("tools/call", params)
        } else {
          params = params.adding("_meta", ["progressToken": "same"])
          headers += RunningGateway.legacy(sessions[number])
        }
        try wire.send(
          "POST", "/mcp", headers, RunningGateway.message("tools/call", params, id: 1))
      }
      var wrong: [String] = []
      for (number, wire) in wires.enumerated() {
        let answer = try wire.receive()
        let json = try? answer.json
        if json?["id"] != 1 || json?["result"]?.toolText != "own \(number)" {
          wrong.append("\(number): \(answer.status) \(answer.text.prefix(200))")
        }
      }
      #expect(wrong.isEmpty, "\(wrong.count) wrong: \(wrong.prefix(5))")
    }

    @Test("300 SDK clients of both eras at once, two users")
    func keepsClientsApart() async throws {
      let scene = try await Scene.ready()
      var keys: [JSONValue] = []
      for _ in 0..<2 {
        keys.append(.string(try await scene.gateway.makeUser(Scene.newName())))
      }
      let result = try await scene.client.do(
        "flood",
        [
          "url": .string(scene.gateway.url), "clients": 300, "calls": 3,
          "name": "erpnext__echo", "keys": .array(keys), "modes": ["legacy", "modern"],
        ], within: .seconds(240))
      #expect(result["right"] == 900, "\(result.text)")
      #expect(result["wrong"] == [])
      #expect(result["failures"] == 0)
    }
  }
}
