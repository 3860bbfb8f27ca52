import Testing

@testable import GatewayKit

@Suite struct BackendsCommandTests {
  let folder: ConfigurationFolder

  init() throws { folder = try ConfigurationFolder() }

  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun(arguments, in: folder)
  }

  @Test func checkStartsTheDemosServersAndSaysWhatTheyOffer() throws {
    let run = try run("backends", "check", "--demo", "--json")
    #expect(run.exitCode == 0, "\(run.errors)\(run.output)")
    let backends = run.json?["backends"]?.arrayValue ?? []
    #expect(
      backends.compactMap { $0["name"]?.stringValue }
        == ["erpnext", "wave", "truenas", "homeassistant"])
    for backend in backends {
      #expect(backend["state"]?.stringValue == "up", "\(backend.text)")
      #expect((backend["tools"]?.intValue ?? 0) > 0, "\(backend.text)")
      #expect(backend["error"] == .null, "\(backend.text)")
    }
    #expect(try self.run("backends", "check", "wave", "--demo").output.contains("wave"))
  }

  @Test func checkExitsWithOneForABackendThatDoesNotAnswerAndNamesTheReason() throws {
    try folder.write(
      "gateway.json",
      #"""
      {"mcpServers": {"gone": {"url": "http://127.0.0.1:1/mcp"}, "missing": {"command": "./no-such-program"},
        "unset": {"url": "http://127.0.0.1:1/${NOT_SET}"}, "off": {"command": "x", "disabled": true}}}
      """#)
    let run = try run("backends", "check", "--json")
    #expect(run.exitCode == 1)
    let backends = run.json?["backends"]?.arrayValue ?? []
    #expect(
      backends.compactMap { $0["state"]?.stringValue }
        == ["down", "down", "unavailable", "disabled"], "\(run.output)")
    for backend in backends.prefix(3) { #expect(backend["error"]?.stringValue?.isEmpty == false) }
    #expect(backends.count == 4)
    #expect(try self.run("backends", "check", "off").exitCode == 0)
  }

  @Test func toolsListsABackendsOwnAndJointNames() throws {
    let text = try run("backends", "tools", "erpnext", "--demo")
    #expect(text.exitCode == 0, "\(text.errors)")
    #expect(text.output.contains("erpnext__"))
    let json = try run("backends", "tools", "erpnext", "--demo", "--json")
    let names = json.json?["tools"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
    #expect(!names.isEmpty)
    for name in names { #expect(text.output.contains("erpnext__\(name)"), "\(name)") }
  }

  @Test(arguments: [["check"], ["tools"]])
  func anUnknownBackendExitsWithThreeNamingTheKnown(verb: [String]) throws {
    let run = try CommandRun(["backends"] + verb + ["nobody", "--demo", "--json"], in: folder)
    #expect(run.exitCode == 3)
    #expect(run.errorJSON?["message"]?.stringValue?.contains("homeassistant") == true)
  }
}
