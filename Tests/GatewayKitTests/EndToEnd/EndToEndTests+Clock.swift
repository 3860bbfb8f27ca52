import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("A clock that is set while the gateway runs")
  struct Clock {
    /// Debian's faketime, which Scripts/test installs.
    private static var library: String? {
      ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketimeMT.so.1" }
        .first { FileManager.default.fileExists(atPath: $0) }
    }

    private func call(_ gateway: RunningGateway, key: String, session: String) throws -> Int {
      try gateway.post(
        RunningGateway.message("tools/call", ["name": "local__list_entities", "arguments": [:]]),
        key: key, headers: RunningGateway.legacy(session)
      ).status
    }

    @Test("days ahead and a month back: sessions go on, no key revives, log and counts stay whole")
    func copes() async throws {
      let directory = try Place.temporaryDirectory()
      let offset = "\(directory)/offset"
      func set(_ text: String) async throws {
        try Data("\(text)\n".utf8).write(to: URL(filePath: offset))
        // The event loops read the clock once a second.
        try await Task.sleep(for: .milliseconds(1500))
      }
      try await set("+0")
      let gateway = try await RunningGateway.start(
        backends: [
          "local": [
            "command": .string(try Place.gateway), "args": ["demo-server", "homeassistant"],
          ]
        ],
        environment: [
          "LD_PRELOAD": try #require(Self.library, "faketime is not installed"),
          "FAKETIME_TIMESTAMP_FILE": offset, "FAKETIME_NO_CACHE": "1",
          "DONT_FAKE_MONOTONIC": "1",
        ], directory: directory,
        // The first program under faketime gets its environment moved, where Swift looks for arguments.
        wrapper: "/usr/bin/env")
      try await Scene.waitForCatalogs(of: gateway, ["local"])
      let key = try await gateway.makeUser("alice")
      let short = try #require(
        try await gateway.command("keys", "create", "alice", "--name", "s", "--ttl-days", "1")[
          "api_key"]?.stringValue)
      let session = try gateway.initialize(key: key).session
      #expect(try call(gateway, key: short, session: session) == 200)
      for moment in ["+2d", "-30d", "+0"] {
        try await set(moment)
        #expect(try call(gateway, key: key, session: session) == 200, "\(moment)")
        #expect(try call(gateway, key: short, session: session) == 401, "\(moment)")
      }
      gateway.program.signal(SIGTERM)
      #expect(try await gateway.program.exitCode() == 0)

      try await gateway.verifyAudit()
      let log = try await gateway.auditEvents("--action", "call.done") { $0.count == 4 }
      let numbers = log.compactMap { $0["seq"]?.intValue }
      #expect(numbers == numbers.sorted())
      let times = log.compactMap { $0["time"]?.stringValue }
      #expect(times != times.sorted(), "the clock was not set")
      let usage = try await gateway.command("usage", "--since", "60d")
      #expect(usage["rows"]?.arrayValue?.first?["calls"] == 4)
      #expect(usage["points"]?.arrayValue?.count == 3)
      #expect(!usage.text.contains(":-"), "\(usage.text)")
      try FileManager.default.removeItem(atPath: directory)
    }
  }
}
