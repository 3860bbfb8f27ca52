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
      // The call, its connection's last two seconds, and the ends of sessions and children.
      #expect(ContinuousClock.now - started < .seconds(10))
      let stats = try peer.stats()
      #expect(stats["sessionsMade"] == stats["sessionsDeleted"])
      await peer.stop()
    }

    @Test("a call that does not finish is ended at the drain's time limit")
    func endsDraining() async throws {
      let (peer, gateway) = try await pair()
      let wire = try begin(gateway, seconds: 60)
      try await Task.sleep(for: .milliseconds(300))
      let started = ContinuousClock.now
      gateway.program.signal(SIGTERM)
      #expect(try await gateway.program.exitCode(within: .seconds(12)) == 0)
      #expect(ContinuousClock.now - started < .seconds(10))
      _ = wire
      await peer.stop()
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
