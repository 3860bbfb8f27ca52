import Foundation
import Testing

@testable import GatewayKit

extension EndToEndTests {
  @Suite("A configuration that changes")
  struct Reload {
    private static func demo(_ names: String...) throws -> JSONValue {
      let program = JSONValue.string(try Place.gateway)
      return .object(
        JSONObject(
          names.map { ($0, ["command": program, "args": ["demo-server", .string($0)]]) }))
    }

    private static func write(_ text: String, to gateway: RunningGateway) throws {
      try Data(text.utf8).write(to: URL(filePath: "\(gateway.directory)/gateway.json"))
    }

    private static func write(
      backends: JSONValue, listen: String = "127.0.0.1:0", to gateway: RunningGateway
    ) throws {
      let settings: JSONValue = ["store": "users.json", "listen": .string(listen)]
      let configuration: JSONValue = ["mcpServers": backends, "gateway": settings]
      try write(configuration.text, to: gateway)
    }

    private static func warnings(of gateway: RunningGateway) throws -> [String] {
      let status = try gateway.get("/status", key: RunningGateway.adminKey)
      return try status.json["warnings"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    private static func waitForWarning(
      _ text: String, of gateway: RunningGateway
    ) async throws -> String? {
      for _ in 0..<100 {
        let found = try warnings(of: gateway).first { $0.contains(text) }
        if let found { return found }
        try await Task.sleep(for: .milliseconds(100))
      }
      return nil
    }

    @Test("a changed file is taken by itself, under way calls or not, and open sessions go on")
    func takesChanges() async throws {
      let gateway = try await RunningGateway.start(backends: try Self.demo("erpnext"))
      try await Scene.waitForCatalogs(of: gateway, ["erpnext"])
      let (session, _) = try gateway.initialize()
      try Self.write(backends: try Self.demo("erpnext", "wave"), to: gateway)
      try await Scene.waitForCatalogs(of: gateway, ["erpnext", "wave"], within: .seconds(10))
      let call = try gateway.post(
        RunningGateway.message("tools/list"), headers: RunningGateway.legacy(session))
      #expect(call.status == 200)
      #expect(call.text.contains("wave__"))

      try Self.write(backends: try Self.demo("wave"), to: gateway)
      var text = ""
      for _ in 0..<100 {
        text = try gateway.modern("tools/list").text
        if !text.contains("erpnext__") { break }
        try await Task.sleep(for: .milliseconds(100))
      }
      #expect(!text.contains("erpnext__") && text.contains("wave__"))
      try await gateway.stop()
    }

    @Test("a file that is wrong changes nothing, and the status names its line until it is right")
    func keepsWhatWorks() async throws {
      let backends = try Self.demo("erpnext")
      let gateway = try await RunningGateway.start(backends: backends)
      try await Scene.waitForCatalogs(of: gateway, ["erpnext"])
      try Self.write("{\n  \"mcpServers\": {,}\n}", to: gateway)
      let warning = try await Self.waitForWarning("was not taken", of: gateway) ?? ""
      #expect(warning.contains("\(gateway.directory)/gateway.json:2"), "\(warning)")
      #expect(try gateway.modern("tools/list").text.contains("erpnext__"))
      #expect(try gateway.get("/ready").status == 200)

      try Self.write(backends: backends, listen: "127.0.0.1:1", to: gateway)
      let late = try await Self.waitForWarning("next start", of: gateway) ?? ""
      #expect(late.contains("listen is now 127.0.0.1:1"), "\(late)")
      #expect(try Self.warnings(of: gateway).allSatisfy { !$0.contains("was not taken") })
      try await gateway.stop()
    }

    @Test("a file that is gone changes nothing, also on SIGHUP, and one that comes back is taken")
    func outlivesItsFile() async throws {
      let gateway = try await RunningGateway.start(backends: try Self.demo("erpnext"))
      try await Scene.waitForCatalogs(of: gateway, ["erpnext"])
      try FileManager.default.removeItem(atPath: "\(gateway.directory)/gateway.json")
      _ = try await gateway.program.errorLine(containing: "the configuration file is gone")
      gateway.program.signal(SIGHUP)
      #expect(try await Self.waitForWarning("does not exist", of: gateway) != nil)
      #expect(try gateway.modern("tools/list").text.contains("erpnext__"))
      try Self.write(backends: try Self.demo("wave"), to: gateway)
      try await Scene.waitForCatalogs(of: gateway, ["wave"], within: .seconds(10))
      #expect(try Self.warnings(of: gateway) == [])
      try await gateway.stop()
    }

    @Test(
      "the status tells that the file is gone, and no longer what was wrong in it",
      arguments: [false, true])
    func tellsThatItIsGone(wasWrong: Bool) async throws {
      let gateway = try await RunningGateway.start(backends: try Self.demo("erpnext"))
      if wasWrong {
        try Self.write("{{", to: gateway)
        _ = try #require(try await Self.waitForWarning("was not taken", of: gateway))
      }
      try FileManager.default.removeItem(atPath: "\(gateway.directory)/gateway.json")
      let warning = try await Self.waitForWarning("the configuration file is gone", of: gateway)
      #expect(warning?.contains("\(gateway.directory)/gateway.json does not exist") == true)
      #expect(try Self.warnings(of: gateway).count == 1)
      try await gateway.stop()
    }

    @Test("without a file it starts, says where one belongs, and takes the one that comes")
    func waitsForAFile() async throws {
      let directory = try Place.temporaryDirectory()
      let program = try Program(
        try Place.gateway, ["serve", "--listen", "127.0.0.1:0", "--users-db", "users.json"],
        environment: [
          "HOME": directory, "STATIC_API_KEY": RunningGateway.staticKey,
          "ADMIN_API_KEY": RunningGateway.adminKey, "SWIFT_BACKTRACE": "enable=no",
        ], directory: directory)
      Leftovers.add(process: program.processIdentifier)
      let hint = try await program.errorLine(containing: "no backends: write")
      #expect(hint.contains("\(directory)/gateway.json"), "\(hint)")
      let configuration: JSONValue = ["mcpServers": try Self.demo("wave")]
      try Data(configuration.bytes).write(to: URL(filePath: "\(directory)/gateway.json"))
      let taken = try await program.errorLine(containing: "the configuration was read again")
      #expect(taken.contains("1 backend"), "\(taken)")
      program.signal(SIGTERM)
      #expect(try await program.exitCode() == 0)
    }
  }
}
