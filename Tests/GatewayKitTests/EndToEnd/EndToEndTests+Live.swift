import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("Who is connected, and what changes")
  struct Live {
    private func begin(_ gateway: RunningGateway, key: String, session: String) throws -> Wire {
      let stream = try Wire(port: gateway.port)
      try stream.send(
        "GET", "/mcp",
        [("Authorization", "Bearer \(key)"), ("Accept", "text/event-stream")]
          + RunningGateway.legacy(session))
      #expect(try stream.receiveHead().status == 200)
      return stream
    }

    @Test("what is kept at a legacy backend for modern clients is no session of theirs")
    func keepsItsOwnSessionsToItself() async throws {
      let old = try await PeerServer.start("old", "--eras", "legacy")
      let gateway = try await RunningGateway.start(backends: ["old": ["url": .string(old.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["old"])
      let call = try gateway.modern(
        "tools/call", ["name": "old__echo", "arguments": ["text": "a"]])
      #expect(try call.json["result"] != nil, "\(call.text)")
      #expect(try await gateway.command("sessions", "list")["sessions"] == [])
      let status = try await gateway.command("status")
      #expect(status["sessions"] == 0 && status["sessionList"] == [])
      _ = try gateway.initialize()
      #expect(try await gateway.command("status")["sessions"] == 1)
      try await gateway.stop()
      await old.stop()
    }

    @Test("sessions and streams show with user, client and age, and an operator ends them")
    func endsSessions() async throws {
      let peer = try await PeerServer.start("peer", arguments: ["--json-response"])
      let gateway = try await RunningGateway.start(backends: ["peer": ["url": .string(peer.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let key = try await gateway.makeUser("alice")
      let (one, two) = (
        try gateway.initialize(key: key).session, try gateway.initialize(key: key).session
      )
      let stream = try begin(gateway, key: key, session: one)
      let other = try begin(gateway, key: key, session: two)
      let call = try Wire(port: gateway.port)
      try call.send(
        "POST", "/mcp",
        [("Authorization", "Bearer \(key)"), ("Content-Type", "application/json")]
          + RunningGateway.legacy(one),
        RunningGateway.message("tools/call", ["name": "peer__slow", "arguments": ["seconds": 30]]))
      try await Task.sleep(for: .milliseconds(300))

      let listed = try await gateway.command("sessions", "list")
      let sessions = listed["sessions"]?.arrayValue ?? []
      #expect(sessions.count == 2)
      #expect(sessions.allSatisfy { $0["user"] == "alice" && $0["client"] == "wire/1" })
      #expect(listed["streams"]?.arrayValue?.count == 2)
      let status = try await gateway.command("status")
      #expect(status["sessionList"]?.arrayValue?.count == 2)
      #expect(status["streamList"]?.arrayValue?.count == 2)
      #expect(status["parkedCalls"] == 0)
      let limit = status["limits"]?.arrayValue?.first {
        $0["name"] == "limits.sessionsPerPrincipal"
      }
      #expect(limit?["used"] == 2)
      // The one that a backend works for.
      let busy = try #require(sessions.first { $0["backends"]?.arrayValue?.isEmpty == false })
      let id = try #require(busy["id"]?.stringValue)
      try await gateway.command("sessions", "end", id)

      #expect(try call.receive().status == 404)
      while try stream.receiveChunk() != nil {}
      #expect(
        try gateway.post(
          RunningGateway.message("ping"), key: key, headers: RunningGateway.legacy(one)
        ).status == 404)
      #expect(
        try gateway.post(
          RunningGateway.message("ping"), key: key, headers: RunningGateway.legacy(two)
        ).status == 200)
      #expect(try await gateway.command("sessions", "list")["streams"]?.arrayValue?.count == 1)
      let events = try await gateway.auditEvents("--user", "alice") { events in
        events.contains { $0["event"] == "session.ended" }
          && events.contains { $0["outcome"] == "ended" }
      }
      let ended = events.first { $0["event"] == "session.ended" }
      #expect(ended?["session"]?.stringValue == id)
      #expect(ended?["actor"]?["by"] == "socket")
      #expect(events.first { $0["outcome"] == "ended" }?["cause"] == "the session was ended")
      let missing = try gateway.deleteSession("0123456789ab")
      #expect(missing.status == 404)
      withExtendedLifetime(other) {}
      try await gateway.stop()
      await peer.stop()
    }

    @Test("who listens is told of the store, backends, sessions and calls, from the state on")
    func tellsEvents() async throws {
      let peer = try await PeerServer.start("peer", arguments: ["--json-response"])
      let gateway = try await RunningGateway.start(backends: ["peer": ["url": .string(peer.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let listener = try Wire(port: gateway.port)
      try listener.send(
        "GET", "/events", [("Authorization", "Bearer \(RunningGateway.adminKey)")])
      #expect(try listener.receiveHead().headers["content-type"] == "text/event-stream")
      var text = ""
      func read(until isThere: (String) -> Bool) throws {
        while !isThere(text) {
          guard let chunk = try listener.receiveChunk() else {
            Issue.record("the stream ended:\n\(text)")
            return
          }
          text += String(decoding: chunk, as: UTF8.self)
        }
      }
      try read { $0.contains("event: status") }
      let key = try await gateway.makeUser("alice")
      try read { $0.contains("event: store\ndata: {\"generation\":2}") }
      _ = try gateway.initialize(key: key)
      try read {
        $0.contains("event: session\ndata: {\"event\":\"session.opened\",\"user\":\"alice\"")
      }
      _ = try gateway.modern(
        "tools/call", ["name": "peer__echo", "arguments": ["text": "x"]], key: key)
      try read {
        $0.contains("event: usage") && $0.contains(#""users":[{"name":"alice","calls":1"#)
      }
      await peer.stop()
      _ = try gateway.modern(
        "tools/call", ["name": "peer__echo", "arguments": ["text": "x"]], key: key)
      try read { $0.contains(#""state":"down""#) }
      // A gateway that stops does not wait for listeners.
      let began = ContinuousClock.now
      gateway.program.signal(SIGTERM)
      #expect(try await gateway.program.exitCode() == 0)
      #expect(ContinuousClock.now - began < .seconds(5))
    }
  }
}

extension RunningGateway {
  func deleteSession(_ id: String) throws -> Wire.Answer {
    try Wire.exchange(
      port: port, "DELETE", "/sessions/\(id)",
      [("Authorization", "Bearer \(Self.adminKey)")])
  }
}
