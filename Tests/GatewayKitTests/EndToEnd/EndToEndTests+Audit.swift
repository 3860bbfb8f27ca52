import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// Who called what, with which key, and why not: read back from the log as an operator does.
  @Suite("What the audit log tells of requests")
  struct Audit {
    /// A name that the log would mangle, were it not escaped, and one beyond what it tells.
    private static let hostileNames = [
      "x\u{1B}[2J\n{\"seq\":1}\"\\", String(repeating: "é", count: 100_000),
    ]

    /// A legacy call, and its session's other headers.
    private func call(
      _ gateway: RunningGateway, _ tool: String, _ arguments: JSONValue = [:], key: String,
      session: String, to path: String = "/mcp"
    ) throws -> Wire.Answer {
      try gateway.post(
        RunningGateway.message("tools/call", ["name": .string(tool), "arguments": arguments]),
        to: path, key: key, headers: RunningGateway.legacy(session))
    }

    @Test(
      "each call is told with user, key, backend, tool, outcome, code, bytes and time",
      arguments: [true, false])
    func tellsCalls(json: Bool) async throws {
      let peer = try await PeerServer.start("peer", arguments: json ? ["--json-response"] : [])
      let gateway = try await RunningGateway.start(
        backends: [
          "peer": ["url": .string(peer.url)],
          "local": [
            "command": .string(try Place.python),
            "args": [
              .string(Place.peer("server.py")), "--transport", "stdio", "--name", "local",
            ],
          ],
        ],
        settings: ["audit": ["arguments": ["peer/add"]]])
      try await Scene.waitForCatalogs(of: gateway, ["peer", "local"])
      let key = try await gateway.makeUser("alice", block: ["peer/slow"])
      let id = APIKey.id(ofSecret: key)
      let session = try gateway.initialize(key: key).session
      for backend in ["peer", "local"] {
        _ = try call(gateway, "\(backend)__echo", ["text": "error\""], key: key, session: session)
        _ = try call(gateway, "\(backend)__fail", key: key, session: session)
        _ = try call(gateway, "\(backend)__add", ["a": "x"], key: key, session: session)
      }
      let added = try call(
        gateway, "peer__add", ["a": 1, "b": 2], key: key, session: session)
      _ = try call(gateway, "peer__slow", ["seconds": 0], key: key, session: session)
      _ = try call(gateway, "slow", ["seconds": 0], key: key, session: "x", to: "/mcp/peer")
      _ = try gateway.modern(
        "tools/call", ["name": "echo", "arguments": ["text": "a"]], to: "/mcp/peer", key: key)
      _ = try gateway.modern("resources/read", ["uri": "peer://items/7"], key: key)
      _ = try gateway.modern(
        "prompts/get", ["name": "peer__greet", "arguments": ["person": "b"]], key: key)
      for name in Self.hostileNames {
        _ = try call(gateway, name, key: key, session: session)
      }
      let ended = try Wire.exchange(
        port: gateway.port, "DELETE", "/mcp",
        [("Authorization", "Bearer \(key)")] + RunningGateway.legacy(session))
      #expect(ended.status == 204)

      // Each loop hands over its own.
      let events = try await gateway.auditEvents("--user", "alice") { $0.count >= 21 }
        .sorted { $0["time"]?.stringValue ?? "" < $1["time"]?.stringValue ?? "" }
      let calls = events.filter { $0["event"]?.stringValue?.hasPrefix("call.") == true }
      let told = calls.map { event in
        [
          event["event"], event["backend"],
          event["tool"] ?? event["uri"] ?? event["prompt"], event["outcome"] ?? event["rule"],
        ].map { $0?.stringValue ?? "-" }.joined(separator: " ")
      }
      #expect(
        told.prefix(12) == [
          "call.done peer echo ok", "call.done peer fail tool_error",
          "call.done peer add tool_error",
          "call.done local echo ok", "call.done local fail tool_error",
          "call.done local add tool_error",
          "call.done peer add ok",
          "call.denied peer slow the block entry peer/slow",
          "call.done peer echo ok",
          "call.done peer peer://items/7 ok",
          "call.done peer greet ok",
          "call.done - \(Self.hostileNames[0]) error",
        ])
      #expect(calls.count == 13)
      for event in calls {
        #expect(event["key_id"]?.stringValue == id)
        #expect(event["from"]?.stringValue == "127.0.0.1")
        #expect(event["ms"] != nil || event["rule"] != nil)
      }
      #expect(calls[11]["code"]?.intValue == -32602)
      // Cut, and not within a character.
      #expect(calls[12]["tool"]?.stringValue == String(repeating: "é", count: 128))
      #expect(calls[6]["arguments"] == ["a": 1, "b": 2])
      #expect(calls[6]["out"]?.intValue ?? 0 >= added.body.count)
      #expect(calls.filter { $0["arguments"] != nil }.allSatisfy { $0["tool"] == "add" })
      let sessions = events.compactMap { event -> String? in
        guard let name = event["event"]?.stringValue, name.hasPrefix("session.") else { return nil }
        return "\(name) \(event["client"]?.stringValue ?? "")"
      }
      #expect(sessions == ["session.opened wire", "session.ended wire"])
      let numbers = Set(calls.prefix(8).map { $0["session"]?.stringValue })
      #expect(numbers.count == 1 && numbers.first??.count == 12)
      #expect(Set(events.compactMap { $0["request"]?.stringValue }).count == calls.count + 2)
      try await gateway.verifyAudit()
      try await gateway.stop()
      await peer.stop()
    }

    @Test("refused credentials are told with their real reason, and counted, never one by one")
    func tellsRefusals() async throws {
      let gateway = try await RunningGateway.start(backends: [:])
      let revoked = try await gateway.makeUser("alice")
      try await gateway.command("keys", "revoke", APIKey.id(ofSecret: revoked), "--yes")
      let disabled = try await gateway.makeUser("bob")
      try await gateway.command("users", "disable", "bob")
      let ping = RunningGateway.message("ping")
      for _ in 0..<300 { #expect(try gateway.post(ping, key: "mcpgw_wrong").status == 401) }
      for _ in 0..<3 { #expect(try gateway.post(ping, key: revoked).status == 401) }
      #expect(try gateway.post(ping, key: disabled).status == 401)
      #expect(try gateway.post(ping, key: nil).status == 401)
      #expect(try gateway.get("/users", key: disabled).status == 401)

      func count(_ events: [JSONValue], _ reason: String) -> Int {
        events.filter { $0["reason"]?.stringValue == reason }.compactMap { $0["count"]?.intValue }
          .reduce(0, +)
      }
      let events = try await gateway.auditEvents("--action", "auth") {
        count($0, "not_administrator") > 0 && count($0, "missing") > 0
      }
      #expect(count(events, "unknown") == 300)
      #expect(events.count < 20, "\(events.count) lines for 306 refusals")
      let bad = try #require(events.first { $0["reason"] == "revoked" })
      #expect(bad["key_id"]?.stringValue == APIKey.id(ofSecret: revoked))
      #expect(bad["count"] == 3 && bad["user"] == "alice")
      let off = try #require(events.first { $0["reason"] == "user_disabled" })
      #expect(off["user"] == "bob")
      let log = try String(contentsOfFile: "\(gateway.directory)/audit.jsonl", encoding: .utf8)
      #expect(!log.contains("mcpgw_"))
      try await gateway.stop()
    }

    @Test("what a change ends is told with its cause, and backends with why they went")
    func tellsEnds() async throws {
      let peer = try await PeerServer.start("peer", arguments: ["--json-response"])
      let gateway = try await RunningGateway.start(backends: ["peer": ["url": .string(peer.url)]])
      try await Scene.waitForCatalogs(of: gateway, ["peer"])
      let key = try await gateway.makeUser("alice")
      let session = try gateway.initialize(key: key).session
      let bearer = ("Authorization", "Bearer \(key)")
      let stream = try Wire(port: gateway.port)
      try stream.send(
        "GET", "/mcp", [bearer, ("Accept", "text/event-stream")] + RunningGateway.legacy(session))
      #expect(try stream.receiveHead().status == 200)
      let slow = try Wire(port: gateway.port)
      try slow.send(
        "POST", "/mcp",
        [bearer, ("Content-Type", "application/json")] + RunningGateway.legacy(session),
        RunningGateway.message("tools/call", ["name": "peer__slow", "arguments": ["seconds": 30]]))
      var gone: Wire? = try Wire(port: gateway.port)
      try gone?.send(
        "POST", "/mcp",
        [bearer, ("Content-Type", "application/json")] + RunningGateway.legacy(session),
        RunningGateway.message(
          "tools/call", ["name": "peer__slow", "arguments": ["seconds": 29]], id: 2))
      try await Task.sleep(for: .milliseconds(300))
      gone = nil
      try await Task.sleep(for: .milliseconds(300))
      try await gateway.command("keys", "revoke", APIKey.id(ofSecret: key), "--yes")
      await peer.stop()
      #expect(try gateway.modern("tools/call", ["name": "peer__echo"]).code == 1001)
      let events = try await gateway.auditEvents { events in
        events.contains { $0["event"] == "backend.down" }
          && events.contains { $0["event"] == "call.done" && $0["code"] == 1001 }
      }
      func find(_ event: String, _ outcome: String?) -> JSONValue? {
        events.first {
          $0["event"]?.stringValue == event && $0["outcome"]?.stringValue == outcome
        }
      }
      #expect(find("call.done", "gone")?["user"] == "alice")
      #expect((find("call.done", "gone")?["ms"]?.text).flatMap(Double.init) ?? 0 > 250)
      #expect(find("call.done", "ended")?["cause"] == "the key was revoked")
      #expect(find("stream.ended", nil)?["cause"] == "the key was revoked")
      #expect(find("backend.up", nil)?["backend"] == "peer")
      #expect(find("backend.down", nil)?["reason"] != nil)
      #expect(
        find("gateway.started", nil)?["actor"]?["pid"]?.intValue
          == Int(gateway.program.processIdentifier))
      try await gateway.verifyAudit()
      try await gateway.stop()
    }

    private func eventually(_ isSo: () throws -> Bool) async throws {
      for _ in 0..<100 {
        if try isSo() { return }
        try await Task.sleep(for: .milliseconds(50))
      }
      Issue.record("not within 5 s")
    }

    @Test(
      "where nothing may go unlogged, a log that cannot be written stops everything until it can")
    func requires() async throws {
      let directory = try Place.temporaryDirectory()
      let log = "\(directory)/log/audit.jsonl"
      try FileManager.default.createDirectory(
        atPath: "\(directory)/log", withIntermediateDirectories: true)
      let gateway = try await RunningGateway.start(
        backends: [:], settings: ["audit": ["required": true, "path": .string(log)]],
        directory: directory)
      let ping = RunningGateway.message("ping")
      #expect(try gateway.post(ping).status == 200)
      try FileManager.default.moveItem(atPath: "\(directory)/log", toPath: "\(directory)/away")
      // A directory in its place, which nobody can write a line into.
      try FileManager.default.createDirectory(atPath: log, withIntermediateDirectories: true)
      func call() throws -> Wire.Answer {
        try gateway.post(RunningGateway.message("tools/call", ["name": "nothing"]))
      }
      #expect(try call().status == 200)
      try await eventually {
        let answer = try call()
        return try answer.status == 503 && answer.json["error"] == "audit_unwritable"
      }
      #expect(try gateway.post(ping).status == 503)
      try FileManager.default.removeItem(atPath: "\(directory)/log")
      try FileManager.default.moveItem(atPath: "\(directory)/away", toPath: "\(directory)/log")
      try await eventually { try gateway.post(ping).status == 200 }
      let events = try await gateway.auditEvents("--action", "call") { !$0.isEmpty }
      // What waited is there.
      #expect(events.first?["tool"] == "nothing")
      try await gateway.verifyAudit()
      try await gateway.stop()
    }
  }
}

extension RunningGateway {
  /// The events that `gateway audit search` finds, once they are as they should be.
  func auditEvents(
    _ filter: String..., until isComplete: ([JSONValue]) -> Bool
  ) async throws -> [JSONValue] {
    var events: [JSONValue] = []
    for _ in 0..<40 {
      let (code, output, error) = try await Program.run(
        try Place.gateway,
        ["audit", "search"] + filter + ["--json", "--config", "\(directory)/gateway.json"])
      guard code == 0 else { throw ProgramFailure("audit search: exit \(code)\n\(error)") }
      events = try output.split(separator: "\n").map { try JSONValue.parse($0.utf8) }
      if isComplete(events) { return events }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw ProgramFailure("the log stays at:\n" + events.map(\.text).joined(separator: "\n"))
  }

  func verifyAudit() async throws {
    let verdict = try await command("audit", "verify")
    guard verdict["sound"] == true else { throw ProgramFailure(verdict.text) }
  }
}
