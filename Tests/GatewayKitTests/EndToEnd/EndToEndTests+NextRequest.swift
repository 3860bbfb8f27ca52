import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// Each change is made by another process, and the very next request is asked.
  @Suite("Changes hold from the next request on")
  struct NextRequest {
    private func status(_ scene: Scene, _ key: String) throws -> Int {
      try scene.gateway.modern(
        "tools/call", ["name": "erpnext__echo", "arguments": ["text": "x"]], key: key
      ).status
    }

    @Test("a revoked key")
    func revokes() async throws {
      let scene = try await Scene.ready()
      let name = Scene.newName()
      let key = try await scene.gateway.makeUser(name)
      let other = try await scene.gateway.makeKey(for: name, named: "other")
      #expect(try status(scene, key) == 200)
      try await scene.gateway.command("keys", "revoke", "\(name)/other", "--yes")
      #expect(try status(scene, other) == 401)
      #expect(try status(scene, key) == 200)
    }

    @Test("a user who is disabled, enabled, deleted")
    func disables() async throws {
      let scene = try await Scene.ready()
      let name = Scene.newName()
      let key = try await scene.gateway.makeUser(name)
      #expect(try status(scene, key) == 200)
      try await scene.gateway.command("users", "disable", name)
      #expect(try status(scene, key) == 401)
      try await scene.gateway.command("users", "enable", name)
      #expect(try status(scene, key) == 200)
      try await scene.gateway.command("users", "delete", name, "--yes")
      #expect(try status(scene, key) == 401)
    }

    @Test(
      "a backend that is blocked and unblocked, for a client that is connected",
      arguments: Scene.modes)
    func blocks(mode: String) async throws {
      let scene = try await Scene.ready()
      let name = Scene.newName()
      let key = try await scene.gateway.makeUser(name)
      let client = try await scene.connect(mode, key: key)
      func call() async throws -> JSONValue {
        try await scene.client.call(client, "erpnext__echo", ["text": "x"])
      }
      #expect(try await call().toolText == "x")
      try await scene.gateway.command("access", "block", name, "erpnext")
      await #expect(throws: PeerClient.Failure.self) { try await call() }
      let tools = try await scene.client.names(client, "tools")
      #expect(!tools.isEmpty && !tools.contains { $0.hasPrefix("erpnext__") })
      try await scene.gateway.command("access", "clear", name)
      #expect(try await call().toolText == "x")
      try await scene.client.close(client)
    }

    @Test("a key that has expired")
    func expires() async throws {
      let scene = try await Scene.ready()
      let name = Scene.newName()
      let key = try await scene.gateway.makeUser(name)
      #expect(try status(scene, key) == 200)
      // By hand, as an operator with an editor: the store's format is documented.
      let path = "\(scene.gateway.directory)/users.json"
      var store = try JSONValue.parse(try Data(contentsOf: URL(filePath: path)))
      let digest = try await Place.sha256(of: key)
      var object = try #require(store.objectValue)
      var keys = try #require(object["api_keys"]?.objectValue)
      var entry = try #require(keys[digest]?.objectValue)
      entry["expires_at"] = "2026-01-01T00:00:00.000000"
      keys[digest] = .object(entry)
      object["api_keys"] = .object(keys)
      store = .object(object)
      try Data(store.bytes).write(to: URL(filePath: "\(path).new"))
      #expect(rename("\(path).new", path) == 0)
      #expect(try status(scene, key) == 401)
    }
  }
}
