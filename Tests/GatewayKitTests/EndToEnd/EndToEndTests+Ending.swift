import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// DESIGN §12: within a second, in every process that shares the store, also without traffic.
  @Suite("What a change ends that is under way")
  struct Ending {
    enum Change: String, CaseIterable, Sendable {
      case revoke, disable, delete, block, blockTool

      var status: Int { [.block, .blockTool].contains(self) ? 403 : 401 }
    }

    private func make(
      _ change: Change, _ gateway: RunningGateway, user: String, backend: String
    ) async throws {
      switch change {
      case .revoke: try await gateway.command("keys", "revoke", "\(user)/k", "--yes")
      case .disable: try await gateway.command("users", "disable", user)
      case .delete: try await gateway.command("users", "delete", user, "--yes")
      case .block: try await gateway.command("access", "block", user, backend)
      case .blockTool:
        try await gateway.command("access", "block", user, "\(backend)/slow")
      }
    }

    /// Lets the one key of a store end half a second from now, by hand.
    private func expire(_ gateway: RunningGateway) throws {
      let path = "\(gateway.directory)/users.json"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let end = Timestamp.now.advanced(by: .milliseconds(500)).storeText
      let place = try #require(text.firstRange(of: #/"expires_at": ?null/#))
      let changed = text.replacingCharacters(in: place, with: "\"expires_at\": \"\(end)\"")
      try Data(changed.utf8).write(to: URL(filePath: "\(path).new"))
      try #require(rename("\(path).new", path) == 0)
    }

    private func begin(
      _ gateway: RunningGateway, key: String, session: [(String, String)]?, tool: String,
      _ arguments: JSONValue
    ) throws -> Wire {
      let meta = session == nil ? RunningGateway.modernMeta : JSONValue.object(JSONObject())
      let params: JSONValue = [
        "name": .string(tool), "arguments": arguments,
        "_meta": tool.hasSuffix("progress") ? meta.adding("progressToken", 1) : meta,
      ]
      return try begin(gateway, key: key, session: session, "tools/call", params)
    }

    private func begin(
      _ gateway: RunningGateway, key: String, session: [(String, String)]? = nil,
      _ method: String, _ params: JSONValue
    ) throws -> Wire {
      let wire = try Wire(port: gateway.port)
      try wire.send(
        "POST", "/mcp",
        [
          ("Authorization", "Bearer \(key)"), ("Content-Type", "application/json"),
          ("Accept", "application/json, text/event-stream"),
        ] + (session ?? RunningGateway.mirror(method, params)),
        RunningGateway.message(method, params, id: "under-way"))
      return wire
    }

    @Test(
      "a call that has not begun to answer is refused, and cancelled at its backend",
      arguments: Scene.modes)
    func refusesCalls(mode: String) async throws {
      // The SDK begins a legacy stream at once, and sees that nobody reads only of a stream.
      let peer = try await PeerServer.start(
        "peer", arguments: mode == "legacy" ? ["--json-response"] : [])
      let gateway = try await RunningGateway.start(backends: ["peer": ["url": .string(peer.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      func session(_ key: String) throws -> [(String, String)]? {
        mode == "modern" ? nil : RunningGateway.legacy(try gateway.initialize(key: key).session)
      }
      for (count, change) in Change.allCases.enumerated() {
        let name = Scene.newName()
        try await gateway.command("users", "create", name)
        let key = try await gateway.makeKey(for: name, named: "k")
        let other = try await gateway.makeUser(Scene.newName())
        // Another user's call goes on.
        let bystander = try begin(
          gateway, key: other, session: try session(other), tool: "peer__slow", ["seconds": 1])
        let call = try begin(
          gateway, key: key, session: try session(key), tool: "peer__slow", ["seconds": 20])
        try await Task.sleep(for: .milliseconds(300))
        try await make(change, gateway, user: name, backend: "peer")
        let started = ContinuousClock.now
        let answer = try call.receive()
        #expect(ContinuousClock.now - started < .seconds(1))
        #expect(answer.status == change.status, "\(change): \(answer.text)")
        #expect(try bystander.receive().json["result"]?.toolText == "slept 1.0 s")
        var cancelled = 0
        for _ in 0..<50 where cancelled <= count {
          cancelled = try peer.stats()["slowCancelled"]?.intValue ?? 0
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(cancelled == count + 1, "\(change)")
      }
      try await gateway.stop()
      await peer.stop()
    }

    @Test("a stream that is open is closed, and so is a GET stream", arguments: Scene.modes)
    func closesStreams(mode: String) async throws {
      let scene = try await Scene.ready()
      let gateway = scene.gateway
      let name = Scene.newName()
      try await gateway.command("users", "create", name)
      let key = try await gateway.makeKey(for: name, named: "k")
      let session = RunningGateway.legacy(try gateway.initialize(key: key).session)
      let stream = try begin(
        gateway, key: key, session: mode == "modern" ? nil : session, tool: "erpnext__progress",
        ["steps": 200, "delay": .number("0.1")])
      #expect(try stream.receiveHead().status == 200)
      let open = try Wire(port: gateway.port)
      try open.send(
        "GET", "/mcp",
        [("Authorization", "Bearer \(key)"), ("Accept", "text/event-stream")] + session)
      #expect(try open.receiveHead().status == 200)
      try await gateway.command("users", "delete", name, "--yes")
      let started = ContinuousClock.now
      while (try? stream.receiveChunk()) != nil {}
      while try open.receiveChunk() != nil {}
      #expect(ContinuousClock.now - started < .seconds(1))
    }

    @Test("a key that ends by itself ends what it began, without any request")
    func endsWithTheKey() async throws {
      let gateway = try await RunningGateway.start(
        backends: [
          "erpnext": [
            "command": .string(try Place.gateway), "args": ["demo-server", "erpnext"],
          ]
        ])
      let key = try await gateway.makeUser("alice")
      let session = RunningGateway.legacy(try gateway.initialize(key: key).session)
      let open = try Wire(port: gateway.port)
      try open.send(
        "GET", "/mcp",
        [("Authorization", "Bearer \(key)"), ("Accept", "text/event-stream")] + session)
      #expect(try open.receiveHead().status == 200)
      try expire(gateway)
      let started = ContinuousClock.now
      while try open.receiveChunk() != nil {}
      #expect(ContinuousClock.now - started < .seconds(2))
      try await gateway.stop()
    }

    @Test("a call that waits for its backend's connection is refused, and never sent")
    func refusesBeforeItLeaves() async throws {
      let backend = try await FaultyServer("modern")
      let gateway = try await RunningGateway.start(
        backends: ["peer": ["url": .string(backend.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let key = try await gateway.makeUser("alice")
      // What is idle at the backend is closed by then.
      try await Task.sleep(for: .seconds(5))
      _ = try Wire.exchange(port: try Wire.port(of: backend.url), "GET", "/full/2")
      let call = try begin(gateway, key: key, session: nil, tool: "peer__one", [:])
      try await Task.sleep(for: .milliseconds(300))
      try await gateway.command("access", "block", "alice", "peer/one")
      #expect(try call.receive().status == 403)
      // The connection is another request's by the time at which the backend's is made.
      let params: JSONValue = ["_meta": RunningGateway.modernMeta]
      for id in ["soon", "late"] {
        try call.send(
          "POST", "/mcp",
          [
            ("Authorization", "Bearer \(key)"), ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
          ] + RunningGateway.mirror("tools/list", params),
          RunningGateway.message("tools/list", params, id: .string(id)))
        #expect(try call.receive().json["id"] == .string(id))
        if id == "soon" { try await Task.sleep(for: .seconds(4)) }
      }
      let bodies = try backend.seen().compactMap { $0["body"]?.stringValue }
      #expect(!bodies.contains { $0.contains("tools/call") })
      try await gateway.stop()
      await backend.stop()
    }

    @Test("a request of an extension's is refused with what it names")
    func refusesExtensions() async throws {
      let backend = try await FaultyServer("modern")
      let gateway = try await RunningGateway.start(
        backends: ["peer": ["url": .string(backend.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      try backend.become("hang")
      try await gateway.command("users", "create", "alice")
      let key = try await gateway.makeKey(for: "alice", named: "k")
      let wire = try begin(
        gateway, key: key, "acme/do",
        ["name": "peer__one", "_meta": RunningGateway.modernMeta])
      #expect(
        try await eventually {
          try backend.seen().contains { $0["body"]?.stringValue?.contains("acme/do") == true }
        })
      try await gateway.command("access", "block", "alice", "peer/two")
      try await Task.sleep(for: .milliseconds(300))
      try await gateway.command("access", "block", "alice", "peer/one")
      let started = ContinuousClock.now
      let answer = try wire.receive()
      #expect(answer.status == 403 && answer.text.contains("access_denied"), "\(answer.text)")
      #expect(ContinuousClock.now - started < .seconds(1))
      try await gateway.stop()
      await backend.stop()
    }

    @Test("a backend that is removed ends its calls, and no other's")
    func endsWithTheBackend() async throws {
      let peer = try await PeerServer.start("peer")
      let gateway = try await RunningGateway.start(
        backends: ["erpnext": ["url": .string(peer.url)], "wave": ["url": .string(peer.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["erpnext", "wave"])
      let call = try begin(
        gateway, key: RunningGateway.staticKey, session: nil, tool: "erpnext__slow", ["seconds": 20]
      )
      try await Task.sleep(for: .milliseconds(300))
      let file = "\(gateway.directory)/gateway.json"
      let full = try JSONValue.parse(Data(contentsOf: URL(filePath: file)))
      try Data(full.with("mcpServers", ["wave": ["url": .string(peer.url)]]).bytes)
        .write(to: URL(filePath: file))
      gateway.program.signal(SIGHUP)
      let answer = try call.receive()
      #expect(answer.status == 502 && answer.code == 1001, "\(answer.text)")
      try await gateway.stop()
      await peer.stop()
    }
  }
}
