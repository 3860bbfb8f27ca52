import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("What clients are told between calls")
  struct Watching {
    private func heard(_ scene: BridgeScene, _ client: String, _ mode: String) -> [String] {
      scene.client.events.filter { $0["client"] == .string(client) }.compactMap { event in
        switch (mode, event["event"]?.stringValue) {
        case ("modern", "heard"?): event["uri"]?.stringValue ?? event["what"]?.stringValue
        case ("legacy", "message"?): event["uri"]?.stringValue ?? event["method"]?.stringValue
        default: nil
        }
      }
    }

    /// Over HTTP a change may be told twice while another client subscribes.
    private func told(_ heard: [String], _ backend: String) -> [String] {
      guard backend == "new" else { return heard }
      return heard.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    private func touch(_ scene: BridgeScene, _ client: String, _ backend: String, _ item: String)
      async throws
    {
      _ = try await scene.client.call(
        client, "\(backend)__touch", ["uri": .string("\(backend)://\(item)")])
    }

    @Test(
      "a client hears of the resources that it asked for, and of no other",
      arguments: Scene.modes, BridgeScene.shared)
    func hears(mode: String, backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let client = try await scene.connect(mode)
      let caller = try await scene.connect("modern")
      let watched = ["\(backend)://items/a\(mode)", "\(backend)://items/b\(mode)"]
      if mode == "legacy" {
        for uri in watched {
          try await scene.client.do(
            "subscribe", ["client": .string(client), "uri": .string(uri)])
        }
      } else {
        let honored = try await scene.client.do(
          "listen",
          ["client": .string(client), "uris": .array(watched.map(JSONValue.string))])
        #expect(
          honored["resourceSubscriptions"] == .array(watched.map(JSONValue.string)))
      }
      for item in ["a", "c", "b"] {
        try await touch(scene, caller, backend, "items/\(item)\(mode)")
      }
      #expect(try await eventually { heard(scene, client, mode).count >= 2 })
      #expect(told(heard(scene, client, mode), backend) == watched)

      if mode == "legacy" {
        // What it no longer wants it no longer hears of.
        try await scene.client.do(
          "unsubscribe", ["client": .string(client), "uri": .string(watched[0])])
        for item in ["a", "b"] {
          try await touch(scene, caller, backend, "items/\(item)\(mode)")
        }
        #expect(try await eventually { heard(scene, client, mode).count >= 3 })
        #expect(
          told(heard(scene, client, mode), backend) == told(watched + [watched[1]], backend))
      }
      try await scene.client.close(client)
      try await scene.client.close(caller)
    }

    @Test("what a client subscribed to that has gone is subscribed to no more")
    func forgets() async throws {
      let scene = try await BridgeScene.ready()
      let uri = JSONValue.string("old://items/\(UInt32.random(in: 0 ... .max))")
      func isWatched() throws -> Bool {
        try scene.old.stats()["watched"]?.arrayValue?.contains(uri) == true
      }
      let stream = try WireStream(
        scene.gateway, mode: "modern", "subscriptions/listen",
        ["notifications": ["resourceSubscriptions": [uri]]], id: 1)
      #expect(
        try stream.nextMessage().message["params"]?["notifications"]
          == ["resourceSubscriptions": [uri]])
      #expect(try isWatched())
      stream.close()
      #expect(try await eventually { try !isWatched() })
    }

    @Test(
      "what a backend refuses to be subscribed to is not promised, the second time neither",
      arguments: ["old", "old-shared"])
    func refuses(backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let uris: [JSONValue] = ["unwatched", "watched"].map { .string("\(backend)://items/\($0)") }
      // Two at once, and one that comes later.
      for count in [2, 1] {
        let streams = try (0..<count).map { _ in try listen(scene.gateway, uris) }
        for stream in streams {
          #expect(
            try stream.nextMessage().message["params"]?["notifications"]
              == ["resourceSubscriptions": [uris[1]]])
        }
      }
    }

    private func listen(_ gateway: RunningGateway, _ uris: [JSONValue]) throws -> WireStream {
      try WireStream(
        gateway, mode: "modern", "subscriptions/listen",
        ["notifications": ["resourceSubscriptions": .array(uris)]], id: 1)
    }

    @Test("a backend that has yet to answer keeps no other from being asked")
    func asksTogether() async throws {
      let place = FileManager.default.temporaryDirectory.appending(path: "together-\(UUID())")
      defer { try? FileManager.default.removeItem(at: place) }
      // Each acknowledges only once both were asked.
      let one = try await FaultyServer("together", place.path)
      let two = try await FaultyServer("together", place.path)
      let gateway = try await RunningGateway.start(
        backends: ["one": ["url": .string(one.url)], "two": ["url": .string(two.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["one", "two"])
      let uris = try [one, two].map { JSONValue.string("faulty://\(try Wire.port(of: $0.url))") }
      let stream = try listen(gateway, uris)
      #expect(
        try stream.nextMessage().message["params"]?["notifications"]
          == ["resourceSubscriptions": .array(uris)])
      stream.close()
      try await gateway.stop()
      await one.stop()
      await two.stop()
    }

    @Test(
      "who comes as another leaves is told all that it asked for", arguments: BridgeScene.shared)
    func takesOver(backend: String) async throws {
      let scene = try await BridgeScene.ready()
      let caller = try await scene.connect("modern")
      let items = (1...5).map { "items/\($0)-\(UInt32.random(in: 0 ... .max))" }
      let uris = items.map { JSONValue.string("\(backend)://\($0)") }
      let first = try listen(scene.gateway, uris)
      _ = try first.nextMessage()
      first.close()
      let second = try listen(scene.gateway, uris)
      #expect(
        try second.nextMessage().message["params"]?["notifications"]
          == ["resourceSubscriptions": .array(uris)])
      // The first one's leaving is over by then.
      try await Task.sleep(for: .milliseconds(500))
      for item in items { try await touch(scene, caller, backend, item) }
      var told: Set<JSONValue> = []
      while told.count < uris.count {
        told.insert(try second.nextMessage().message["params"]?["uri"] ?? .null)
      }
      #expect(told == Set(uris))
      second.close()
      try await scene.client.close(caller)
    }

    @Test(
      "a list that changes at a modern backend is told to whoever may see it",
      arguments: Scene.modes)
    func hearsOfLists(mode: String) async throws {
      let scene = try await BridgeScene.ready()
      let allowed = try await scene.gateway.makeUser(Scene.newName(), allow: ["new"])
      let other = try await scene.gateway.makeUser(Scene.newName(), allow: ["old"])
      let client = try await scene.connect(mode, key: allowed)
      let stranger = try await scene.connect(mode, key: other)
      if mode == "modern" {
        for name in [client, stranger] {
          let honored = try await scene.client.do(
            "listen", ["client": .string(name), "tools": true])
          #expect(honored == ["toolsListChanged": true])
        }
      }
      let tool = "grown-\(UInt32.random(in: 0 ... .max))"
      _ = try await scene.client.call(client, "new__grow", ["tool": .string(tool)])
      #expect(try await eventually { !heard(scene, client, mode).isEmpty })
      #expect(
        heard(scene, client, mode)
          == [mode == "modern" ? "ToolsListChanged" : "notifications/tools/list_changed"])
      #expect(try await scene.client.names(client, "tools").contains("new__\(tool)"))
      #expect(heard(scene, stranger, mode) == [])
      try await scene.client.close(client)
      try await scene.client.close(stranger)
    }

    @Test("a user whose access changes is told that the lists did", arguments: Scene.modes)
    func hearsOfAccess(mode: String) async throws {
      let scene = try await BridgeScene.ready()
      let user = Scene.newName()
      let key = try await scene.gateway.makeUser(user, allow: ["old"])
      let client = try await scene.connect(mode, key: key)
      #expect(!(try await scene.client.names(client, "tools")).contains("new__echo"))
      if mode == "modern" {
        try await scene.client.do(
          "listen",
          ["client": .string(client), "tools": true, "prompts": true, "resources": true])
      }
      try await scene.gateway.command("access", "allow", user, "new")
      #expect(try await eventually { heard(scene, client, mode).count >= 3 })
      #expect(
        heard(scene, client, mode).sorted()
          == (mode == "modern"
            ? ["PromptsListChanged", "ResourcesListChanged", "ToolsListChanged"]
            : ["prompts", "resources", "tools"].map { "notifications/\($0)/list_changed" }))
      #expect(try await scene.client.names(client, "tools").contains("new__echo"))
      try await scene.client.close(client)
    }

    @Test(
      "a subscription's messages carry its request's id as it was written",
      arguments: [1, "1"] as [JSONValue])
    func carriesID(id: JSONValue) async throws {
      let scene = try await BridgeScene.ready()
      let caller = try await scene.connect("modern")
      let stream = try WireStream(
        scene.gateway, mode: "modern", "subscriptions/listen",
        ["notifications": ["resourceSubscriptions": ["new://items/id", "none://x"]]], id: id)
      func subscription(_ message: JSONValue) -> JSONValue? {
        message["params"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"]
      }
      let first = try stream.next()
      #expect(first?.id == nil)
      #expect(first?.message?["method"] == "notifications/subscriptions/acknowledged")
      #expect(
        first?.message?["params"]?["notifications"]
          == ["resourceSubscriptions": ["new://items/id"]])
      #expect(first?.message.flatMap(subscription) == id)
      try await touch(scene, caller, "new", "items/id")
      let second = try stream.nextMessage().message
      #expect(second["method"] == "notifications/resources/updated")
      #expect(second["params"]?["uri"] == "new://items/id")
      #expect(subscription(second) == id)
      try await scene.client.close(caller)
    }
  }
}
