import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("Legacy sessions")
  struct Sessions {
    private static let whoami = RunningGateway.message(
      "tools/call", ["name": "erpnext__whoami", "arguments": [:]])

    @Test("64 connections of one session make one session at each backend")
    func sharesBackendSessions() async throws {
      let scene = try await Scene.ready()
      let key = try await scene.gateway.makeUser(Scene.newName())
      let (session, _) = try scene.gateway.initialize(key: key)
      let before = try scene.erpnext.stats()["sessionsMade"]?.intValue ?? -1
      let wires = try (0..<64).map { _ in try Wire(port: scene.gateway.port) }
      var seen: [String: Set<String>] = [:]
      for backend in ["erpnext", "wave"] {
        // All at once, so that the first use of each backend is a race.
        for (number, wire) in wires.enumerated() {
          let body = RunningGateway.message(
            "tools/call", ["name": .string("\(backend)__whoami"), "arguments": [:]],
            id: .number("\(number)"))
          try wire.send(
            "POST", "/mcp",
            [
              ("Authorization", "Bearer \(key)"), ("Content-Type", "application/json"),
              ("Accept", "application/json, text/event-stream"),
            ] + RunningGateway.legacy(session), body)
        }
        for (number, wire) in wires.enumerated() {
          let answer = try wire.receive()
          #expect(answer.status == 200)
          #expect(try answer.json["id"] == .number("\(number)"))
          let id = try answer.json["result"]?.toolJSON?["sessionId"]?.stringValue
          seen[backend, default: []].insert(try #require(id, "\(answer.text)"))
        }
      }
      #expect(seen["erpnext"]?.count == 1)
      #expect(seen["wave"]?.count == 1)
      #expect(try scene.erpnext.stats()["sessionsMade"]?.intValue == before + 1)

      // DELETE ends it, and what it opened at the backends.
      let deleted = try scene.erpnext.stats()["sessionsDeleted"]?.intValue ?? -1
      let end = try Wire.exchange(
        port: scene.gateway.port, "DELETE", "/mcp",
        [("Authorization", "Bearer \(key)")] + RunningGateway.legacy(session))
      #expect((200...204).contains(end.status))
      let after = try scene.gateway.post(
        Self.whoami, key: key, headers: RunningGateway.legacy(session))
      #expect(after.status == 404)
      var now = deleted
      for _ in 0..<100 where now == deleted {
        try await Task.sleep(for: .milliseconds(20))
        now = try scene.erpnext.stats()["sessionsDeleted"]?.intValue ?? -1
      }
      #expect(now == deleted + 1)
    }

    @Test("two sessions never share one at a backend")
    func separatesSessions() async throws {
      let scene = try await Scene.ready()
      let ids = try (0..<2).map { _ in
        let (session, _) = try scene.gateway.initialize()
        let answer = try scene.gateway.post(
          Self.whoami, headers: RunningGateway.legacy(session))
        return try answer.json["result"]?.toolJSON?["sessionId"]
      }
      #expect(ids[0] != nil && ids[0] != ids[1])
    }

    @Test("a session id is no good to another user, altered, made up or missing")
    func guardsSessions() async throws {
      let scene = try await Scene.ready()
      let key = try await scene.gateway.makeUser(Scene.newName())
      let thief = try await scene.gateway.makeUser(Scene.newName())
      let (session, _) = try scene.gateway.initialize(key: key)
      func status(_ session: String?, _ key: String) throws -> Int {
        try scene.gateway.post(
          Self.whoami, key: key,
          headers: session.map { RunningGateway.legacy($0) } ?? []
        ).status
      }
      #expect(try status(session, key) == 200)
      #expect(try status(session, thief) == 404)
      var altered = Array(session)
      let middle = altered.count / 2
      altered[middle] = altered[middle] == "A" ? "B" : "A"
      #expect(try status(String(altered), key) == 404)
      #expect(try status("made-up", key) == 404)
      #expect(try status(nil, key) == 400)
      #expect(try status(session, key) == 200)
    }

    @Test("rotating a key does not end its user's session")
    func survivesRotation() async throws {
      let scene = try await Scene.ready()
      let name = Scene.newName()
      let key = try await scene.gateway.makeUser(name)
      let (session, _) = try scene.gateway.initialize(key: key)
      let other = try await scene.gateway.makeKey(for: name, named: "second")
      let answer = try scene.gateway.post(
        Self.whoami, key: other, headers: RunningGateway.legacy(session))
      #expect(answer.status == 200)
    }

    @Test(
      "each legacy version is settled as asked; another becomes the newest",
      arguments: [
        ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
      ])
    func negotiates(asked: String, settled: String) async throws {
      let scene = try await Scene.ready()
      let (session, answer) = try scene.gateway.initialize(version: asked)
      #expect(try answer.json["result"]?["protocolVersion"] == .string(settled))
      #expect(session.utf8.count <= 4096)
      #expect(session.utf8.allSatisfy { (0x21...0x7e).contains($0) })
      let echo = try scene.gateway.post(
        RunningGateway.message(
          "tools/call", ["name": "erpnext__echo", "arguments": ["text": "v"]], id: "e"),
        headers: RunningGateway.legacy(session, settled))
      #expect(echo.status == 200)
      #expect(try echo.json["id"] == "e")
      #expect(try echo.json["result"]?.toolText == "v")
    }

    @Test("a session goes on after a restart of the gateway")
    func survivesRestart() async throws {
      let peer = try await PeerServer.start("kept")
      let backends: JSONValue = ["kept": ["url": .string(peer.url)]]
      let directory = try Place.temporaryDirectory()
      let first = try await RunningGateway.start(backends: backends, directory: directory)
      try await Scene.waitForCatalogs(of: first, ["kept"])
      let (session, _) = try first.initialize()
      first.program.signal(SIGKILL)
      try await first.program.exitCode()

      let second = try await RunningGateway.start(backends: backends, directory: directory)
      try await Scene.waitForCatalogs(of: second, ["kept"])
      let answer = try second.post(
        RunningGateway.message(
          "tools/call", ["name": "kept__echo", "arguments": ["text": "again"]]),
        headers: RunningGateway.legacy(session))
      #expect(answer.status == 200)
      #expect(try answer.json["result"]?.toolText == "again")
      try await second.stop()
      await peer.stop()
    }
  }
}
