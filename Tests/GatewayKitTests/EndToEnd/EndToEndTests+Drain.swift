import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("Ending and failing")
  struct Drain {
    private func pair() async throws -> (PeerServer, RunningGateway) {
      let peer = try await PeerServer.start("peer")
      let gateway = try await RunningGateway.start(
        backends: ["peer": ["url": .string(peer.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      return (peer, gateway)
    }

    private func begin(_ gateway: RunningGateway, seconds: JSONValue) throws -> Wire {
      let params: JSONValue = [
        "name": "peer__slow", "arguments": ["seconds": seconds],
        "_meta": RunningGateway.modernMeta,
      ]
      let wire = try Wire(port: gateway.port)
      try wire.send(
        "POST", "/mcp",
        [
          ("Authorization", "Bearer \(RunningGateway.staticKey)"),
          ("Content-Type", "application/json"),
          ("Accept", "application/json, text/event-stream"),
        ] + RunningGateway.mirror("tools/call", params),
        RunningGateway.message("tools/call", params))
      return wire
    }

    @Test("SIGTERM lets a call finish, takes no new connection, and ends with 0")
    func drains() async throws {
      let (peer, gateway) = try await pair()
      let (session, _) = try gateway.initialize()
      let echo = try gateway.post(
        RunningGateway.message(
          "tools/call", ["name": "peer__echo", "arguments": ["text": "x"]]),
        headers: RunningGateway.legacy(session))
      #expect(echo.status == 200)
      let wire = try begin(gateway, seconds: 2)
      try await Task.sleep(for: .milliseconds(300))
      let started = ContinuousClock.now
      gateway.program.signal(SIGTERM)
      try await Task.sleep(for: .milliseconds(300))
      #expect(throws: Wire.Failure.self) { try gateway.get("/health") }
      let answer = try wire.receive()
      #expect(answer.status == 200)
      #expect(try answer.json["result"]?.toolText == "slept 2.0 s")
      let code = try await gateway.program.exitCode(within: .seconds(10))
      #expect(code == 0, "\(gateway.program.errorText)")
      // What was left of the call, and the ends of sessions and connections.
      #expect(ContinuousClock.now - started < .seconds(3))
      let stats = try peer.stats()
      #expect(stats["sessionsMade"] == stats["sessionsDeleted"])
      await peer.stop()
    }

    private static func stdio(_ options: JSONValue...) throws -> JSONValue {
      [
        "command": .string(try Place.python),
        "args": .array([.string(Place.peer("child.py"))] + options),
      ]
    }

    @Test("calls that do not finish, and children that ignore SIGTERM, end within ten seconds")
    func endsDraining() async throws {
      let peer = try await PeerServer.start("peer")
      let gateway = try await RunningGateway.start(
        backends: [
          "peer": ["url": .string(peer.url)],
          "child": try Self.stdio("--stubborn", "--tools", "hang", "seen"),
        ])
      try await Scene.waitForCatalogs(of: gateway, ["peer", "child"])
      let (session, _) = try gateway.initialize()
      let seen = try gateway.post(
        RunningGateway.message("tools/call", ["name": "child__seen"]),
        headers: RunningGateway.legacy(session))
      let pid = Int32(try #require(seen.json["result"]?.toolJSON?["pid"]?.intValue))
      let hanging = try Wire(port: gateway.port)
      try hanging.send(
        "POST", "/mcp",
        [("Authorization", "Bearer \(RunningGateway.staticKey)")]
          + RunningGateway.legacy(session),
        RunningGateway.message("tools/call", ["name": "child__hang"]))
      let slow = try begin(gateway, seconds: 60)
      try await Task.sleep(for: .milliseconds(300))
      let started = ContinuousClock.now
      gateway.program.signal(SIGTERM)
      #expect(try await gateway.program.exitCode(within: .seconds(12)) == 0)
      #expect(ContinuousClock.now - started < .seconds(10))
      #expect(kill(pid, 0) != 0)
      _ = (slow, hanging)
      await peer.stop()
    }

    @Test("with nothing under way it ends at once, whatever connections clients keep open")
    func endsIdle() async throws {
      let gateway = try await RunningGateway.start(backends: [:])
      let bearer = ("Authorization", "Bearer \(RunningGateway.staticKey)")
      let (session, _) = try gateway.initialize()
      var wires: [Wire] = []
      for header in [("X-Any", "x"), ("Connection", "close")] {
        let wire = try Wire(port: gateway.port)
        try wire.send("GET", "/health", [header])
        #expect(try wire.receive().status == 200)
        wires.append(wire)
      }
      let stream = try Wire(port: gateway.port)
      try stream.send(
        "GET", "/mcp", [bearer, ("Accept", "text/event-stream")] + RunningGateway.legacy(session))
      #expect(try stream.receiveHead().status == 200)
      // A refused body of which the rest never comes.
      let refused = try Wire(port: gateway.port)
      try refused.send("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n")
      #expect(try refused.receive().status == 401)
      wires += [stream, refused, try Wire(port: gateway.port), try Wire(port: gateway.port)]
      let started = ContinuousClock.now
      gateway.program.signal(SIGTERM)
      #expect(try await gateway.program.exitCode(within: .seconds(10)) == 0)
      #expect(ContinuousClock.now - started < .seconds(1))
      #expect(wires.count == 6)
    }

    @Test("an answer that its client is still reading arrives whole")
    func finishesSlowReaders() async throws {
      let gateway = try await RunningGateway.start(
        backends: ["child": try Self.stdio("--tools", "huge")])
      try await Scene.waitForCatalogs(of: gateway, ["child"])
      let wire = try Wire(port: gateway.port)
      try wire.send(
        "POST", "/mcp",
        [("Authorization", "Bearer \(RunningGateway.staticKey)")]
          + RunningGateway.legacy(try gateway.initialize().session),
        RunningGateway.message(
          "tools/call", ["name": "child__huge", "arguments": ["bytes": 12_000_000]]))
      try await Task.sleep(for: .seconds(2))
      gateway.program.signal(SIGTERM)
      try await Task.sleep(for: .milliseconds(500))
      let answer = try wire.receive()
      #expect(try answer.json["result"]?["x"]?.stringValue?.utf8.count == 12_000_000)
      #expect(try await gateway.program.exitCode(within: .seconds(10)) == 0)
    }

    @Test("a dead backend is a clear error, and works again when it is back")
    func recovers() async throws {
      let (peer, gateway) = try await pair()
      let port = try Wire.port(of: peer.url)
      await peer.kill()
      let params: JSONValue = ["name": "peer__echo", "arguments": ["text": "x"]]
      let down = try gateway.modern("tools/call", params)
      #expect([502, 503].contains(down.status))
      #expect(try [1001, 1003].contains(down.json["error"]?["code"]?.intValue ?? 0))
      #expect(try down.json["id"] == 1)
      #expect(try down.json["error"]?["data"]?["backend"] == "peer")
      // A list is answered from the catalog that was read before.
      #expect(try gateway.modern("tools/list").status == 200)

      let again = try await PeerServer.start("peer", "--port", "\(port)")
      var status = 0
      for _ in 0..<150 where status != 200 {
        try await Task.sleep(for: .milliseconds(200))
        status = try gateway.modern("tools/call", params).status
      }
      #expect(status == 200, "\(gateway.program.errorText)")
      try await gateway.stop()
      await again.stop()
    }
  }
}
