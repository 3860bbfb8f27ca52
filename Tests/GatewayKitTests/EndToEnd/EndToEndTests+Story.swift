import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("One key's life")
  struct Story {
    @Test(
      "made, used, denied, revoked while it streams: log, usage, explain and metrics tell the same",
      arguments: Scene.modes)
    func agrees(mode: String) async throws {
      let peer = try await PeerServer.start("peer")
      let gateway = try await RunningGateway.start(
        backends: ["peer": ["url": .string(peer.url)]], settings: ["metrics.users": true])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let key = try await gateway.makeUser("alice", block: ["peer/add"])
      let id = APIKey.id(ofSecret: key)

      let client = try PeerClient()
      let url = gateway.url
      try await client.connect("a", to: url, key: key, mode: mode)
      for _ in 0..<5 {
        try await client.do("call", Self.call("peer__echo", ["text": "x"]))
      }
      for _ in 0..<2 { try await client.do("call", Self.call("peer__fail")) }
      for _ in 0..<3 {
        await #expect(throws: PeerClient.Failure.self) {
          try await client.do("call", Self.call("peer__add", ["a": 1, "b": 2]))
        }
      }
      let stream = try client.begin(
        "call", Self.call("peer__progress", ["steps": 1000, "delay": .number("0.05")]))
      try await Self.eventually { client.events.count >= 3 }
      try await gateway.command("keys", "revoke", id, "--yes")
      await #expect(throws: PeerClient.Failure.self) {
        _ = try await client.finish(stream, within: .seconds(5))
      }
      for _ in 0..<4 {
        #expect(try gateway.modern("tools/list", key: key).status == 401)
      }
      await client.stop()

      // The log, as an operator searches it.
      let log = try await gateway.auditEvents("--key", id) { events in
        events.count { $0["event"] == "auth.refused" } > 0
          && events.count { $0["event"] == "call.done" } == 8
      }
      func count(_ event: String, _ outcome: String? = nil) -> Int {
        log.count {
          $0["event"]?.stringValue == event
            && (outcome == nil || $0["outcome"]?.stringValue == outcome)
        }
      }
      #expect(count("key.created") == 2 && count("key.revoked") == 2, "intent and outcome")
      #expect(count("call.done", "ok") == 5)
      #expect(count("call.done", "tool_error") == 2)
      let ended = log.filter { $0["outcome"] == "ended" }
      #expect(ended.count == 1 && ended.first?["tool"] == "progress")
      #expect(ended.first?["cause"] == "the key was revoked")
      let denied = log.filter { $0["event"] == "call.denied" }
      #expect(denied.count == 3)
      #expect(denied.allSatisfy { $0["rule"]?.stringValue?.contains("peer/add") == true })
      let refused = try await gateway.auditEvents("--key", id, "--action", "auth") { events in
        events.reduce(0) { $0 + ($1["count"]?.intValue ?? 0) } >= 4
      }
      #expect(refused.allSatisfy { $0["reason"] == "revoked" })

      // Usage.
      try await Self.eventually {
        let usage = try await gateway.command("usage", "--key", id)
        let rows = usage["rows"]?.arrayValue ?? []
        func sum(_ name: String) -> Int { rows.reduce(0) { $0 + ($1[name]?.intValue ?? 0) } }
        return sum("calls") == 8 && sum("denials") == 3
      }

      // Metrics.
      let metrics = try gateway.get("/metrics", key: RunningGateway.adminKey).text
      func value(_ series: String) -> Int? {
        metrics.split(separator: "\n").first { $0.hasPrefix(series + " ") }
          .flatMap { $0.split(separator: " ").last.flatMap { Int($0) } }
      }
      let calls = ["ok", "error"].compactMap {
        value(#"mcp_gateway_calls_total{backend="peer",outcome="\#($0)"}"#)
      }
      #expect(calls.reduce(0, +) == 8)
      #expect(value(#"mcp_gateway_calls_total{backend="peer",outcome="denied"}"#) == 3)
      #expect(value(#"mcp_gateway_user_calls_total{user="alice"}"#) == 8)
      #expect(value(#"mcp_gateway_auth_refusals_total{reason="revoked"}"#) ?? 0 >= 4)

      // Explain.
      let (code, output, _) = try await Program.run(
        try Place.gateway,
        ["explain", "--key", "-", "--json", "--config", "\(gateway.directory)/gateway.json"],
        input: key)
      #expect(code == 0)
      let told = try JSONValue.parse(output.utf8)
      #expect(told["username"] == "alice" && told["key_id"]?.stringValue == id, "\(output)")
      #expect(output.contains("revoked") && !output.contains(key))
      try await gateway.stop()
      await peer.stop()
    }

    private static func call(_ name: String, _ arguments: JSONValue = [:]) -> JSONValue {
      ["client": "a", "name": .string(name), "arguments": arguments]
    }

    private static func eventually(_ isSo: () async throws -> Bool) async throws {
      for _ in 0..<100 {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(100))
      }
      Issue.record("not within 10 s")
    }
  }
}
