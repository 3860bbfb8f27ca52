import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("Answers go to whom they belong")
  struct CrossTalk {
    private static let usual = [
      ("Content-Type", "application/json"),
      ("Accept", "application/json, text/event-stream"),
    ]

    @Test(
      "1,000 clients of two users with the same id and progress token get each their own answer",
      arguments: Scene.modes)
    func keepsAnswersApart(mode: String) async throws {
      let scene = try await Scene.ready()
      var keys: [String] = []
      for _ in 0..<2 { keys.append(try await scene.gateway.makeUser(Scene.newName())) }
      let wires = try (0..<1000).map { _ in try Wire(port: scene.gateway.port) }
      var headers = wires.indices.map {
        Self.usual + [("Authorization", "Bearer \(keys[$0 % 2])")]
      }
      if mode == "legacy" {
        let sessions = try initialize(wires, headers)
        for index in wires.indices { headers[index] += RunningGateway.legacy(sessions[index]) }
      }
      for (number, wire) in wires.enumerated() {
        let backend = Scene.peers[number % Scene.peers.count]
        let meta: JSONValue = mode == "modern" ? RunningGateway.modernMeta : [:]
        let params: JSONValue = [
          "name": .string("\(backend)__echo"), "arguments": ["text": .string("own \(number)")],
          "_meta": meta.adding("progressToken", "same"),
        ]
        let mirror = mode == "modern" ? RunningGateway.mirror("tools/call", params) : []
        try wire.send(
          "POST", "/mcp", headers[number] + mirror,
          RunningGateway.message("tools/call", params, id: 1))
      }
      var wrong: [String] = []
      for (number, wire) in wires.enumerated() {
        let answer = try wire.receive()
        let json = try? answer.json
        if json?["id"] != 1 || json?["result"]?.toolText != "own \(number)" {
          wrong.append("\(number): \(answer.status) \(answer.text.prefix(200))")
        }
      }
      let isRight = wrong.isEmpty
      #expect(isRight, "\(wrong.count) wrong: \(wrong.prefix(5))")
    }

    /// A session for each connection, all begun at once.
    private func initialize(_ wires: [Wire], _ headers: [[(String, String)]]) throws -> [String] {
      let params: JSONValue = [
        "protocolVersion": "2025-11-25", "capabilities": [:],
        "clientInfo": ["name": "wire", "version": "1"],
      ]
      for (wire, headers) in zip(wires, headers) {
        try wire.send("POST", "/mcp", headers, RunningGateway.message("initialize", params))
      }
      return try wires.map { wire in
        let answer = try wire.receive()
        guard let session = answer.headers["mcp-session-id"] else {
          throw Wire.Failure(description: "no session: \(answer.head)\(answer.text)")
        }
        return session
      }
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
