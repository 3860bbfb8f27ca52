import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// What would keep the log and the counters from the truth.
  @Suite("The log and the counters under abuse")
  struct AuditAbuse {
    private static func usual(_ key: String) -> [(String, String)] {
      [("Authorization", "Bearer \(key)"), ("Content-Type", "application/json")]
    }

    private func outcomes(_ events: [JSONValue]) -> [String] {
      events.map { event in
        [event["event"], event["tool"], event["outcome"] ?? event["rule"], event["cause"]]
          .compactMap { $0?.stringValue }.joined(separator: " ")
      }
    }

    @Test("a denied call is a denial, also for a client that does not wait")
    func seesDenials() async throws {
      let peer = try await PeerServer.start("peer", arguments: ["--json-response"])
      let gateway = try await RunningGateway.start(backends: ["peer": ["url": .string(peer.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let key = try await gateway.makeUser("alice", block: ["peer/echo"])
      let params: JSONValue = [
        "name": "peer__echo", "arguments": ["text": "x"], "_meta": RunningGateway.modernMeta,
      ]
      // The change of the lists is read by now.
      #expect(try gateway.get("/ready").status == 200)
      #expect(try gateway.post(RunningGateway.message("ping"), key: key).status == 200)
      #expect(try gateway.post(RunningGateway.message("ping"), key: key).status == 200)
      for _ in 0..<10 {
        let wire = try Wire(port: gateway.port)
        try wire.send(
          "POST", "/mcp", Self.usual(key) + RunningGateway.mirror("tools/call", params),
          RunningGateway.message("tools/call", params))
        wire.closeSending()
      }
      let events = try await gateway.auditEvents("--action", "call") { $0.count >= 10 }
      #expect(Set(outcomes(events)) == ["call.denied echo the block entry peer/echo"])
      #expect(events.count == 10)
      try await gateway.stop()
      await peer.stop()
    }

    @Test("what is left of a batch is not begun once its key is revoked")
    func endsBatches() async throws {
      let peer = try await PeerServer.start("peer", arguments: ["--json-response"])
      let gateway = try await RunningGateway.start(backends: ["peer": ["url": .string(peer.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let key = try await gateway.makeUser("alice")
      let session = try gateway.initialize(key: key, version: "2025-03-26").session
      let calls = (1...10).map { number in
        RunningGateway.message(
          "tools/call", ["name": "peer__slow", "arguments": ["seconds": .number("0.3")]],
          id: .number("\(number)"))
      }
      let wire = try Wire(port: gateway.port)
      try wire.send(
        "POST", "/mcp", Self.usual(key) + RunningGateway.legacy(session, "2025-03-26"),
        "[\(calls.joined(separator: ","))]")
      try await Task.sleep(for: .milliseconds(500))
      try await gateway.command("keys", "revoke", APIKey.id(ofSecret: key), "--yes")
      #expect(try wire.receive().status == 401)
      let events = try await gateway.auditEvents("--action", "call") { events in
        events.contains { $0["outcome"] == "ended" }
      }
      try await Task.sleep(for: .seconds(1))
      let later = try await gateway.auditEvents("--action", "call") { _ in true }
      #expect(later.count == events.count)
      #expect(outcomes(events).last == "call.done slow ended the key was revoked")
      #expect(events.count < 6)
      try await gateway.stop()
      await peer.stop()
    }

    @Test("a log that is renamed again and again under load lacks no call")
    func survivesRenames() async throws {
      let gateway = try await RunningGateway.start(
        backends: [
          "local": [
            "command": .string(try Place.gateway), "args": ["demo-server", "homeassistant"],
          ]
        ])
      try await Scene.waitForCatalogs(of: gateway, ["local"])
      let path = "\(gateway.directory)/audit.jsonl"
      async let renamed = Task.detached {
        var count = 0
        for number in 0..<20 {
          try await Task.sleep(for: .milliseconds(100))
          if rename(path, "\(path).\(number)-by-hand") == 0 { count += 1 }
        }
        return count
      }.value
      var calls = 0
      let end = ContinuousClock.now + .milliseconds(2500)
      while ContinuousClock.now < end {
        _ = try gateway.modern("tools/call", ["name": "local__list_entities"])
        calls += 1
      }
      #expect(try await renamed > 5)
      let events = try await gateway.auditEvents("--action", "call") { $0.count >= calls }
      #expect(events.count == calls)
      try await gateway.verifyAudit()
      try await gateway.stop()
    }

    @Test("a head that cannot be written is told, and no line stands there twice")
    func writesOnce() async throws {
      let gateway = try await RunningGateway.start(backends: [:])
      let head = "\(gateway.directory)/audit.head"
      try FileManager.default.removeItem(atPath: head)
      try FileManager.default.createDirectory(atPath: head, withIntermediateDirectories: false)
      _ = try gateway.modern("tools/call", ["name": "nothing"])
      try await Task.sleep(for: .seconds(3))
      let log = try String(contentsOfFile: "\(gateway.directory)/audit.jsonl", encoding: .utf8)
      #expect(log.split(separator: "\n").count { $0.contains("call.done") } == 1)
      let status = try await gateway.command("status")
      #expect(status["audit"]?["error"]?.stringValue?.contains("audit.head") == true)
      try FileManager.default.removeItem(atPath: head)
      _ = try gateway.modern("tools/call", ["name": "nothing"])
      _ = try await gateway.auditEvents("--action", "call") { $0.count == 2 }
      #expect(try await gateway.command("status")["audit"]?["error"] == nil)
      try await gateway.verifyAudit()
      try await gateway.stop()
    }

    @Test("what a client says of itself costs neither memory nor the counters")
    func boundsClients() async throws {
      let gateway = try await RunningGateway.start(backends: [:])
      let key = try await gateway.makeUser("alice")
      let huge = String(repeating: "x", count: 7_000_000)
      let before = try gateway.memory()
      for _ in 0..<4 {
        let answer = try gateway.modern(
          "tools/call", ["name": "nothing"], key: key,
          meta: RunningGateway.modernMeta.adding(
            "io.modelcontextprotocol/clientInfo", ["name": .string(huge), "version": "1"]))
        #expect(answer.code == -32602)
      }
      try await Task.sleep(for: .seconds(3))
      #expect(try gateway.memory() - before < 60 << 20)
      let journal = "\(gateway.directory)/usage.json"
      let size = try FileManager.default.attributesOfItem(atPath: journal)[.size] as? Int
      #expect(try #require(size) < 10_000)
      try await gateway.stop()
    }

    @Test(
      "a client's trace goes on at the backend, and answers of the gateway carry the log's number")
    func passesTraces() async throws {
      let peer = try await PeerServer.start("peer", arguments: ["--json-response"])
      let gateway = try await RunningGateway.start(backends: ["peer": ["url": .string(peer.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let session = try gateway.initialize().session
      let trace = [
        ("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("tracestate", "a=1,b=2"), ("baggage", "user=x"), ("X-Other", "secret"),
      ]
      for headers in [
        RunningGateway.legacy(session),
        RunningGateway.mirror("tools/call", ["name": "peer__whoami"]),
      ] {
        let isModern = headers.contains { $0.0 == "Mcp-Method" }
        let params: JSONValue = [
          "name": "peer__whoami", "arguments": [:],
          "_meta": isModern ? RunningGateway.modernMeta : [:],
        ]
        let answer = try gateway.post(
          RunningGateway.message("tools/call", params), headers: headers + trace)
        for (name, value) in trace.prefix(3) {
          #expect(answer.text.contains(name.lowercased()), "\(answer.text)")
          #expect(answer.text.contains(value), "\(answer.text)")
        }
        #expect(!answer.text.contains("secret"))
      }
      let refused = try gateway.modern("tools/call", ["name": "nothing"])
      let id = try #require(refused.headers["x-request-id"])
      let events = try await gateway.auditEvents("--tool", "nothing") { !$0.isEmpty }
      #expect(events.first?["request"]?.stringValue == id)
      #expect(try gateway.get("/users", key: "x").headers["x-request-id"]?.count == 12)
      try await gateway.stop()
      await peer.stop()
    }

    @Test("who hangs up once the answer is there was told it, whatever its stream does then")
    func tellsWhatWasAnswered() async throws {
      let server = try await FaultyServer("lingers")
      let gateway = try await RunningGateway.start(
        backends: ["peer": ["url": .string(server.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let key = try await gateway.makeUser("alice")
      let params: JSONValue = ["name": "peer__one", "_meta": RunningGateway.modernMeta]
      for (mode, answer) in [("ok", #""isError": false"#), ("error", #""isError": true"#)] {
        try server.become("lingers", mode)
        let wire = try Wire(port: gateway.port)
        try wire.send(
          "POST", "/mcp",
          Self.usual(key) + [("Accept", "text/event-stream")]
            + RunningGateway.mirror("tools/call", params),
          RunningGateway.message("tools/call", params))
        #expect(try wire.receiveHead().status == 200)
        var text = ""
        while !text.contains(answer + "}}\n\n"), let chunk = try wire.receiveChunk() {
          text += String(decoding: chunk, as: UTF8.self)
        }
      }
      let events = try await gateway.auditEvents("--action", "call") { $0.count == 2 }
      #expect(outcomes(events) == ["call.done one ok", "call.done one tool_error"])
      try await gateway.stop()
      await server.stop()
    }

    @Test("an outcome is what the client was told, and arguments are no members of the line")
    func tellsOutcomes() async throws {
      let peer = try await PeerServer.start("peer", "--eras", "legacy")
      let gateway = try await RunningGateway.start(
        backends: ["peer": ["url": .string(peer.url)]],
        settings: ["audit": ["arguments": ["peer/*"]]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let key = try await gateway.makeUser("alice")
      // Without a session, for a backend that needs one.
      let refused = try gateway.post(
        RunningGateway.message("tools/call", ["name": "peer__echo", "arguments": ["text": "x"]]),
        key: key)
      #expect(refused.status == 400)
      // A stream that this client gets as JSON.
      let params: JSONValue = [
        "name": "peer__echo",
        "arguments": ["text": "y", "user": "root", "event": "user.deleted"],
        "_meta": RunningGateway.modernMeta,
      ]
      let json = try Wire.exchange(
        port: gateway.port, "POST", "/mcp",
        Self.usual(key) + RunningGateway.mirror("tools/call", params)
          + [("Accept", "application/json")], RunningGateway.message("tools/call", params))
      #expect(json.status == 200)
      let events = try await gateway.auditEvents("--user", "alice", "--action", "call") {
        $0.count == 2
      }
      let told = events.sorted { $0["time"]?.stringValue ?? "" < $1["time"]?.stringValue ?? "" }
      #expect(outcomes(told) == ["call.done echo error", "call.done echo ok"])
      #expect(told[0]["code"] == -32600)
      #expect(told[1]["out"]?.intValue == json.body.count)
      #expect(told[1]["arguments"]?["user"] == "root")
      #expect(try await gateway.auditEvents("--user", "root") { _ in true }.isEmpty)
      #expect(try await gateway.auditEvents("--action", "user.deleted") { _ in true }.isEmpty)
      try await gateway.stop()
      await peer.stop()
    }
  }
}
