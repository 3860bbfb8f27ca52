import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  /// What the running gateway writes to its two outputs.
  @Suite("Standard error and standard output")
  struct Log {
    private static let demo: JSONValue = [
      "homeassistant": [
        "command": .string((try? Place.gateway) ?? ""), "args": ["demo-server", "homeassistant"],
      ]
    ]

    private func lines(_ text: String) throws -> [JSONValue] {
      try text.split(separator: "\n").map { try JSONValue.parse($0.utf8) }
    }

    @Test("each line is a JSON object where nobody sits at a terminal, each request one at debug")
    func writesJSON() async throws {
      let gateway = try await RunningGateway.start(
        backends: Self.demo, settings: ["log": ["level": "debug"]])
      try await Scene.waitForCatalogs(of: gateway, ["homeassistant"])
      let key = try await gateway.makeUser("alice")
      let before = try lines(gateway.program.errorText).count { $0["message"] == "request" }
      let answer = try gateway.modern(
        "tools/call", ["name": "homeassistant__list_entities", "arguments": [:]], key: key)
      #expect(answer.status == 200)
      let refused = try gateway.post(
        RunningGateway.message("tools/list"), to: "/mcp?x=mcpgw",
        key: "mcpgw_0123456789abcdef")
      #expect(refused.status == 401)
      let id = try #require(refused.headers["x-request-id"])
      #expect(try JSONValue.parse(refused.body)["request_id"]?.stringValue == id)
      _ = try await gateway.program.errorLine(containing: id)
      let requests = try lines(gateway.program.errorText).filter { $0["message"] == "request" }
      #expect(requests.count == before + 2)
      let (called, denied) = (requests[before], requests[before + 1])
      #expect(called["level"] == "debug")
      #expect(called["user"] == "alice", "\(called)")
      #expect(called["status"] == "200" && called["method"] == "POST" && called["path"] == "/mcp")
      #expect(called["from"] == "127.0.0.1" && called["ms"] != nil)
      #expect(denied["status"] == "401" && denied["request"]?.stringValue == id)
      #expect(denied["path"] == "/mcp" && denied["user"] == nil)
      #expect(!gateway.program.errorText.contains("0123456789abcdef"))
      try await gateway.stop()
      let all = try lines(gateway.program.errorText)
      #expect(all.allSatisfy { $0["time"] != nil && $0["level"] != nil && $0["message"] != nil })
    }

    @Test(
      "no secret of the configuration or the environment is told, however much is",
      arguments: ["debug", "trace"])
    func tellsNoSecret(level: String) async throws {
      func secret(_ of: String) -> String { "\(of)-5f04c1e6a0b2d7c3" }
      let peer = try await PeerServer.start("erpnext", "--require-token", secret("header"))
      let gateway = try await RunningGateway.start(
        backends: [
          "erpnext": [
            "url": .string(peer.url),
            "headers": ["Authorization": .string("Bearer \(secret("header"))")],
          ],
          "homeassistant": [
            "command": .string(try Place.gateway),
            "args": ["demo-server", "homeassistant"], "env": ["TOKEN": .string(secret("env"))],
          ],
          "wave": [
            "type": "sse", "url": "http://127.0.0.1:9/sse",
            "headers": ["X-Token": .string(secret("sse"))],
          ],
        ],
        settings: ["log": ["level": .string(level)]],
        environment: [
          "GATEWAY_SECRET": "\(secret("sealing")),\(secret("older"))",
          "METRICS_API_KEY": secret("metrics"),
        ])
      try await Scene.waitForCatalogs(of: gateway, ["erpnext", "homeassistant"])
      let keys = [RunningGateway.staticKey, RunningGateway.adminKey, secret("metrics")]
      for key in keys {
        _ = try gateway.modern("tools/list", key: key)
        for path in ["/metrics", "/users"] { _ = try gateway.get(path, key: key) }
      }
      try await gateway.stop()
      await peer.stop()
      let text = gateway.program.errorText
      #expect(text.contains("Starting service lifecycle"), "the libraries tell nothing")
      for secret in keys + ["header", "env", "sse", "sealing", "older"].map(secret) {
        #expect(!text.contains(secret))
        // As bytes are printed.
        #expect(!text.contains(secret.utf8.map(String.init).joined(separator: ", ")))
      }
    }

    @Test("text when it is asked for, and no request unless it is")
    func writesText() async throws {
      let gateway = try await RunningGateway.start(
        backends: Self.demo, environment: ["GATEWAY_LOG_FORMAT": "text"])
      try await Scene.waitForCatalogs(of: gateway, ["homeassistant"])
      _ = try gateway.modern("tools/list", key: RunningGateway.staticKey)
      try await gateway.stop()
      let text = gateway.program.errorText
      #expect(text.contains("\nlistening on http://"))
      #expect(!text.contains("{\"time\"") && !text.contains("POST"))
    }

    @Test("an MCP error has the request's id, by which the audit log knows it")
    func errorsHaveTheRequest() async throws {
      let gateway = try await RunningGateway.start(backends: Self.demo)
      try await Scene.waitForCatalogs(of: gateway, ["homeassistant"])
      let key = try await gateway.makeUser("alice", block: ["homeassistant/turn_on"])
      let answer = try gateway.modern(
        "tools/call", ["name": "homeassistant__turn_on", "arguments": [:]], key: key)
      let error = try #require(JSONValue.parse(answer.body)["error"])
      let id = try #require(error["data"]?["requestId"]?.stringValue)
      #expect(answer.headers["x-request-id"] == id)
      gateway.program.signal(SIGTERM)
      try await gateway.program.exitCode()
      let log = try String(contentsOfFile: "\(gateway.directory)/audit.jsonl", encoding: .utf8)
      let line = try #require(log.split(separator: "\n").first { $0.contains("call.denied") })
      #expect(line.contains("\"request\":\"\(id)\""))
      try FileManager.default.removeItem(atPath: gateway.directory)
    }

    @Test(
      "a store that cannot be read is told once, with why and what that means, and once when it can",
      arguments: [("keep", 200, "the last good state is served"), ("refuse", 503, "with 503")])
    func tellsOfTheStore(policy: String, status: Int, words: String) async throws {
      let gateway = try await RunningGateway.start(
        backends: Self.demo, settings: ["store.onUnreadable": .string(policy)])
      let key = try await gateway.makeUser("alice")
      let path = "\(gateway.directory)/users.json"
      let good = try Data(contentsOf: URL(filePath: path))
      try Data("{ broken".utf8).write(to: URL(filePath: path))
      let answer = try gateway.modern("tools/list", key: key)
      if status == 503 {
        #expect(answer.code == 1007 && answer.headers["retry-after"] == "5", "\(answer.text)")
        #expect(try answer.json["error"]?["data"]?["since"] != nil)
      }
      for _ in 0..<5 { #expect(try gateway.modern("tools/list", key: key).status == status) }
      // The watcher tries again each second, which is no news either.
      try await Task.sleep(for: .milliseconds(2500))
      for _ in 0..<5 { #expect(try gateway.modern("tools/list", key: key).status == status) }
      try good.write(to: URL(filePath: path))
      _ = try await gateway.program.errorLine(containing: "the store can be read again")
      #expect(try gateway.modern("tools/list", key: key).status == 200)
      try await gateway.stop()
      let told = try lines(gateway.program.errorText).filter {
        $0["message"]?.stringValue?.hasPrefix("the store c") == true
      }
      #expect(told.map { $0["level"] } == ["warning", "notice"], "\(told)")
      let warning = told.first?["message"]?.stringValue ?? ""
      #expect(warning.contains(words) && warning.contains("users.json:1:"), "\(warning)")
    }

    @Test("audit.path - gives every process's lines to standard output too, each once")
    func copiesTheAuditLog() async throws {
      let gateway = try await RunningGateway.start(
        backends: Self.demo,
        settings: [
          "audit": ["path": "-", "maximumBytes": "1MiB", "arguments": ["homeassistant/*"]]
        ])
      try await Scene.waitForCatalogs(of: gateway, ["homeassistant"])
      let key = try await gateway.makeUser("alice")
      let large: JSONValue = ["padding": .string(String(repeating: "x", count: 60_000))]
      func files() -> [String] { AuditFiles.all("\(gateway.directory)/audit.jsonl") }
      // Until the log was put aside twice: how many calls that takes is a matter of how often it is written.
      for _ in 0..<2000 where files().count <= 2 {
        _ = try gateway.modern(
          "tools/call", ["name": "homeassistant__list_entities", "arguments": large], key: key)
      }
      try await gateway.command("users", "disable", "alice")
      gateway.program.signal(SIGTERM)
      try await gateway.program.exitCode()
      #expect(files().count > 2)
      let kept = try files().map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
      #expect(gateway.program.outputText == kept)
      #expect(kept.contains("user.disabled") && kept.contains("gateway.stopped"))
      try FileManager.default.removeItem(atPath: gateway.directory)
    }

    @Test("who does not read standard output holds up neither calls nor the end")
    func copyHoldsUpNothing() async throws {
      let directory = try Place.temporaryDirectory()
      let pipe = "\(directory)/output"
      try #require(mkfifo(pipe, 0o600) == 0)
      let reader = open(pipe, O_RDONLY | O_NONBLOCK)
      defer { close(reader) }
      let gateway = try await RunningGateway.start(
        backends: Self.demo, settings: ["audit": ["path": "-"]], directory: directory,
        output: pipe)
      try await Scene.waitForCatalogs(of: gateway, ["homeassistant"])
      for _ in 0..<600 {
        let answer = try gateway.modern("tools/call", Self.call, key: RunningGateway.staticKey)
        #expect(answer.status == 200)
      }
      let began = ContinuousClock.now
      try await gateway.stop()
      #expect(ContinuousClock.now - began < .seconds(8))
    }

    private static let call: JSONValue = [
      "name": "homeassistant__list_entities", "arguments": [:],
    ]
  }
}
