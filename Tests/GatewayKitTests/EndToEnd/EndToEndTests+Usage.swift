import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("What is counted of calls")
  struct Usage {
    /// `USER: calls errors denials`.
    private func counts(_ gateway: RunningGateway, by what: String) async throws -> [String] {
      let report = try await gateway.command("usage", "--by", what)
      return (report["rows"]?.arrayValue ?? []).map { row in
        let name = ["user", "backend", "tool"].compactMap { row[$0]?.stringValue }
        let numbers = ["calls", "errors", "denials"].compactMap { row[$0]?.intValue }
        return "\(name.joined(separator: "/")): \(numbers.map(String.init).joined(separator: " "))"
      }
    }

    private func eventually(_ isSo: () async throws -> Bool) async throws {
      for _ in 0..<100 {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(100))
      }
      Issue.record("not within 10 s")
    }

    @Test("counters, log and listings agree to the call, also after kill -9 and a restart")
    func agrees() async throws {
      let peer = try await PeerServer.start("peer")
      let directory = try Place.temporaryDirectory()
      let backends: JSONValue = ["peer": ["url": .string(peer.url)]]
      var gateway = try await RunningGateway.start(backends: backends, directory: directory)
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let key = try await gateway.makeUser("alice", block: ["peer/slow"])
      let other = try await gateway.makeUser("bob")
      let unused = try await gateway.makeKey(for: "bob")
      func call(_ tool: String, _ arguments: JSONValue, key: String) throws {
        _ = try gateway.modern(
          "tools/call", ["name": .string("peer__\(tool)"), "arguments": arguments], key: key,
          meta: RunningGateway.modernMeta.adding(
            "io.modelcontextprotocol/clientInfo", ["name": "tester", "version": "2"]))
      }
      // On both loops, and from many connections.
      for _ in 0..<7 { try call("echo", ["text": "x"], key: key) }
      for _ in 0..<2 { try call("fail", [:], key: key) }
      try call("slow", ["seconds": 0], key: key)
      for _ in 0..<5 { try call("echo", ["text": "x"], key: other) }
      let expected = ["alice: 9 2 1", "bob: 5 0 0"]
      try await eventually { (try? await counts(gateway, by: "user")) == expected }
      #expect(
        try await counts(gateway, by: "tool") == [
          "peer/echo: 12 0 0", "peer/fail: 2 2 0", "peer/slow: 0 0 1",
        ])
      let (_, output, error) = try await Program.run(
        try Place.gateway, ["usage", "--user", "nobody", "--config", "\(directory)/gateway.json"])
      #expect(output.contains("no such calls") && error.contains("there is no user \"nobody\" now"))
      gateway.program.signal(SIGKILL)
      _ = try await gateway.program.exitCode()
      let metricsKey = "metrics-key-of-the-tests"
      gateway = try await RunningGateway.start(
        backends: backends, environment: ["METRICS_API_KEY": metricsKey], directory: directory)
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      try call("echo", ["text": "x"], key: key)
      try await eventually {
        try await counts(gateway, by: "user") == ["alice: 10 2 1", "bob: 5 0 0"]
      }

      let events = try await gateway.auditEvents("--action", "call") { $0.count >= 16 }
      func count(_ user: String, _ event: String) -> Int {
        events.count { $0["user"]?.stringValue == user && $0["event"]?.stringValue == event }
      }
      #expect(count("alice", "call.done") == 10)
      #expect(count("alice", "call.denied") == 1)
      #expect(count("bob", "call.done") == 5)

      let keys = try await gateway.command("keys", "list")["keys"]?.arrayValue ?? []
      let used = keys.first { $0["key_id"]?.stringValue == APIKey.id(ofSecret: key) }
      #expect(used?["last_client"] == "tester/2")
      #expect(used?["last_address"] == "127.0.0.1")
      #expect(used?["last_used"]?.stringValue.flatMap { Timestamp(parsing: $0) } != nil)
      let idle = keys.first { $0["key_id"]?.stringValue == APIKey.id(ofSecret: unused) }
      #expect(idle?["last_used"] == JSONValue.null)
      // The same over REST.
      let rest = try gateway.get("/usage?by=user", key: RunningGateway.adminKey).json
      let rows = rest["rows"]?.arrayValue ?? []
      #expect(rows.compactMap { $0["calls"]?.intValue } == [10, 5])
      #expect(rows.first?["latency_ms"]?["p99"] != nil)
      let metrics = try gateway.get("/metrics", key: metricsKey).text.split(separator: "\n")
      // Since the restart.
      #expect(metrics.contains(#"mcp_gateway_calls_total{backend="peer",outcome="ok"} 1"#))
      #expect(metrics.contains(#"mcp_gateway_backend_up{backend="peer"} 1"#))
      #expect(try gateway.get("/users", key: metricsKey).status == 401)
      #expect(try gateway.get("/metrics", key: key).status == 401)
      let users = try gateway.get("/users", key: RunningGateway.adminKey).json["users"]
      #expect(users?.arrayValue?.allSatisfy { $0["last_used"]?.stringValue != nil } == true)
      let idleOnes =
        try gateway.get(
          "/keys?never_expiring=true&unused=0s", key: RunningGateway.adminKey
        ).json["keys"]?.arrayValue ?? []
      #expect(idleOnes.count == 3)
      #expect(try gateway.get("/keys?unused=x", key: RunningGateway.adminKey).status == 422)
      #expect(try gateway.get("/usage?by=x", key: RunningGateway.adminKey).status == 422)
      try await gateway.stop()
      await peer.stop()
    }

    @Test("a request that is no call shows that its key is in use, and counts no call")
    func seesUse() async throws {
      let gateway = try await RunningGateway.start(backends: [:])
      let key = try await gateway.makeUser("alice")
      _ = try gateway.initialize(key: key)
      try await eventually {
        let user = try await gateway.command("users", "show", "alice")
        return user["keys"]?.arrayValue?.first?["last_client"] == "wire/1"
      }
      #expect(try await counts(gateway, by: "user").isEmpty)
      try await gateway.stop()
    }

    @Test("a file that cannot be read is put aside, and with usage off nothing is counted")
    func copes() async throws {
      let directory = try Place.temporaryDirectory()
      try Data("{".utf8).write(to: URL(filePath: "\(directory)/usage.json"))
      let gateway = try await RunningGateway.start(backends: [:], directory: directory)
      try await eventually {
        try FileManager.default.contentsOfDirectory(atPath: directory).contains {
          $0.hasPrefix("usage.json.damaged-")
        }
      }
      let command = try await gateway.command("keys", "list")
      #expect(command["keys"]?.arrayValue?.isEmpty == true)
      try await gateway.stop()
      let silent = try await RunningGateway.start(backends: [:], settings: ["usage": "off"])
      #expect(try silent.get("/usage", key: RunningGateway.adminKey).status == 404)
      _ = try silent.initialize()
      try await Task.sleep(for: .milliseconds(2500))
      #expect(!FileManager.default.fileExists(atPath: "\(silent.directory)/usage.json"))
      try await silent.stop()
    }
  }
}
