import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// What stands at both ends of the other tests, without a gateway between.
  @Suite("The peers")
  struct Peers {
    @Test("the SDK's client and server understand each other", arguments: Scene.modes)
    func understandEachOther(mode: String) async throws {
      let server = try await PeerServer.start("direct", "--eras", mode)
      let client = try PeerClient()
      try await client.connect("c", to: server.url, key: "any", mode: mode)
      #expect(try await client.names("c", "tools").contains("echo"))
      #expect(try await client.call("c", "echo", ["text": "x"]).toolText == "x")
      let stats = try server.stats()
      #expect(stats["sessionsMade"] == (mode == "legacy" ? 1 : 0))
      await client.stop()
      await server.stop()
    }

    @Test("a server of one era refuses the other", arguments: Scene.modes)
    func refuseTheOtherEra(mode: String) async throws {
      let server = try await PeerServer.start(
        "direct", "--eras", mode == "legacy" ? "modern" : "legacy")
      let client = try PeerClient()
      await #expect(throws: PeerClient.Failure.self) {
        try await client.connect("c", to: server.url, key: "any", mode: mode)
      }
      await client.stop()
      await server.stop()
    }

    @Test(
      "the SDK's client understands every demo server",
      arguments: DemoServer.names, Scene.modes)
    func understandDemos(name: String, mode: String) async throws {
      let client = try PeerClient()
      let info = try await client.do(
        "connect",
        [
          "client": "c", "mode": .string(mode),
          "stdio": [.string(try Place.gateway), "demo-server", .string(name)],
        ])
      #expect(info["serverInfo"]?["name"] == .string("\(name)-demo"))
      let lists = try await client.do("list", ["client": "c"])
      for key in ["prompts", "resources", "resourceTemplates"] {
        #expect(lists[key]?.arrayValue?.count == 1)
      }
      let tools = lists["tools"]?.arrayValue ?? []
      #expect((3...5).contains(tools.count))
      for tool in tools where tool["inputSchema"]?["required"] == nil {
        let result = try await client.do("call", ["client": "c", "name": tool["name"] ?? ""])
        #expect(result["isError"] == false)
      }
      if name == "truenas" {
        let call = try client.begin(
          "call",
          [
            "client": "c", "name": "start_scrub",
            "arguments": ["pool": "tank", "seconds": 0],
          ])
        _ = try await client.finish(call)
        let progress = client.events.filter { $0["event"] == "progress" }
        #expect(progress.count == 10)
      }
      await client.stop()
    }
  }
}
