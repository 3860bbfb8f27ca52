import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// Servers in the field differ: of one era, without sessions, answering in JSON or in streams.
  @Suite("Every kind of backend, for clients of its era")
  struct Kinds {
    private static let http: [(name: String, options: [String])] = [
      ("legacy", ["--eras", "legacy"]),
      ("legacy-json", ["--eras", "legacy", "--json-response"]),
      ("stateless", ["--eras", "legacy", "--stateless"]),
      ("stateless-json", ["--eras", "legacy", "--stateless", "--json-response"]),
      ("modern", ["--eras", "modern"]),
      ("modern-json", ["--eras", "modern", "--json-response"]),
    ]

    @Test("each is listed and called")
    func serves() async throws {
      let peers = try await withThrowingTaskGroup { group in
        for kind in Self.http {
          group.addTask {
            (kind.name, try await PeerServer.start(kind.name, arguments: kind.options))
          }
        }
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      var backends = JSONObject()
      for (name, peer) in peers.sorted(by: { $0.key < $1.key }) {
        backends[name] = ["url": .string(peer.url)]
      }
      for era in Scene.modes {
        backends["\(era)-stdio"] = [
          "command": .string(try Place.python),
          "args": [
            .string(Place.peer("server.py")), "--transport", "stdio", "--name",
            .string("\(era)-stdio"), "--eras", .string(era),
          ],
        ]
      }
      let names = backends.members.map(\.key)
      let gateway = try await RunningGateway.start(backends: .object(backends))
      try await Scene.waitForCatalogs(of: gateway, names)

      let client = try PeerClient()
      for mode in Scene.modes {
        try await client.connect(
          mode, to: gateway.url, key: RunningGateway.staticKey, mode: mode)
        let tools = try await client.names(mode, "tools")
        for name in names where name.hasPrefix("modern") == (mode == "modern") {
          #expect(tools.contains("\(name)__echo"), "\(mode) \(name)")
          let echo = try await client.call(mode, "\(name)__echo", ["text": .string(name)])
          #expect(echo.toolText == name, "\(mode) \(name)")
          let steps = try await client.call(mode, "\(name)__progress", ["steps": 2])
          #expect(steps.toolText == "2 steps", "\(mode) \(name)")
        }
      }
      await client.stop()
      try await gateway.stop()
      for peer in peers.values { await peer.stop() }
    }
  }
}
