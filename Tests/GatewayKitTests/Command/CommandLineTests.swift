import Testing

@testable import GatewayKit

/// The built binary, where no store is needed.
@Suite struct CommandLineTests {
  let folder: ConfigurationFolder

  init() throws { folder = try ConfigurationFolder() }

  private func run(_ arguments: String..., input: String = "") throws -> CommandRun {
    try CommandRun(arguments, in: folder, input: input)
  }

  @Test func helpAndVersionSucceedOnStandardOutput() throws {
    for arguments in [["--help"], ["users", "--help"], ["help", "keys", "revoke"], []] {
      let run = try CommandRun(arguments, in: folder)
      #expect(run.exitCode == 0, "\(arguments)")
      #expect(run.output.contains("USAGE: gateway"), "\(arguments)")
      #expect(run.errors.isEmpty, "\(arguments)")
    }
    #expect(try run("--version").output == "\(GatewayVersion.text)\n")
    #expect(try run("version", "--json").json?["version"]?.stringValue == GatewayVersion.text)
  }

  @Test(arguments: [
    ["users", "show"], ["users", "list", "--nonsense"], ["nonsense"], ["users", "list", "extra"],
    ["keys", "extend", "0123456789ab"], ["access", "set", "alice"], ["users", "edit", "alice"],
    ["keys", "create", "alice", "--ttl-days", "many"],
    ["keys", "rotate", "x", "--grace-hours", "-1"],
  ])
  func aWrongCommandLineExitsWithTwoAndExplainsItselfOnStandardError(arguments: [String]) throws {
    let run = try CommandRun(arguments, in: folder)
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("Usage: gateway"))
    #expect(run.output.isEmpty)
  }

  @Test(arguments: [
    ["audit", "tail", "--since", "yesterday"], ["audit", "search", "--action", "nosuch"],
    ["usage", "--since", "yesterday"], ["keys", "list", "--unused", "xyz"],
  ])
  func aWrongValueShowsTheUsageOfItsOwnVerb(arguments: [String]) throws {
    let run = try CommandRun(arguments, in: folder)
    #expect(run.exitCode == 2)
    let verb = arguments.prefix { !$0.hasPrefix("-") }.joined(separator: " ")
    #expect(run.errors.contains("Usage: gateway \(verb) "), "\(run.errors)")
    #expect(run.errors.contains(arguments[arguments.count - 2]))
  }

  @Test func aWrongCommandLineWithJSONIsAnErrorInJSON() throws {
    let run = try run("users", "show", "--json")
    #expect(run.exitCode == 2)
    #expect(run.errorJSON?["error"]?.stringValue == "usage")
    #expect(run.errorJSON?["message"]?.stringValue?.contains("<username>") == true)
    #expect(run.output.isEmpty)
  }

  @Test(arguments: ["revoke", "rename", "extend", "rotate", "inspect"])
  func aKeyOnTheCommandLineIsRefusedAndNotRepeated(verb: String) throws {
    let secret = "mcpgw_0123456789abcdefghijABCDEFGHIJ0123456789abcdef"
    let extra = ["rename": ["new"], "extend": ["--never"]][verb] ?? []
    let run = try CommandRun(["keys", verb, secret] + extra, in: folder)
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("give - instead"))
    #expect(!(run.errors + run.output).contains(secret))
    let stray = try self.run("users", "list", secret)
    #expect(stray.exitCode == 2)
    #expect(!stray.errors.contains(secret))
  }

  @Test(arguments: [
    ["users", "list"], ["users", "show", "alice"], ["users", "delete", "alice", "--yes"],
    ["users", "edit", "alice", "--email", "x"], ["users", "enable", "alice"],
    ["keys", "list"], ["keys", "create", "alice"], ["keys", "revoke", "0123456789ab", "--yes"],
    ["access", "show", "alice"], ["access", "set", "alice", "--allow", "erpnext"],
    ["access", "who", "erpnext"], ["explain", "alice"], ["store", "check"],
    ["store", "generations"],
  ])
  func aMissingStoreExitsWithThreeNamingItAndMakesNothing(arguments: [String]) throws {
    let run = try CommandRun(arguments + ["--json"], in: folder)
    #expect(run.exitCode == 3, "\(run.errors)")
    #expect(run.errorJSON?["error"]?.stringValue == "store_missing")
    let message = run.errorJSON?["message"]?.stringValue ?? ""
    for part in ["\(folder.path)/data/users.json", "--users-db", "USERS_DB_PATH", "gateway.store"] {
      #expect(message.contains(part), "\(message)")
    }
    #expect(!folder.holds("data"))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func aCompletionScriptKnowsTheVerbs(shell: String) throws {
    let run = try run("completion", shell)
    #expect(run.exitCode == 0)
    #expect(run.output.contains("gateway"))
    #expect(run.output.contains("explain"))
    #expect(!run.output.contains("demo-server"))
  }

  @Test func withoutARunningGatewayStatusFailsNamingTheSocket() throws {
    let run = try run("status", "--json")
    #expect(run.exitCode == 1)
    #expect(run.errorJSON?["error"]?.stringValue == "gateway_not_running")
    #expect(run.errorJSON?["message"]?.stringValue?.contains("GATEWAY_SOCKET") == true)
    #expect(
      run.errorJSON?["message"]?.stringValue?.contains("\(folder.path)/data/gateway.sock") == true)
  }

  @Test func everyOutputIsPlainWhenItIsNoTerminal() throws {
    try folder.write("gateway.json", #"{"mcpServers": {"a": {"url": "http://x/mcp"}}}"#)
    for arguments in [["config", "check"], ["backends", "list"], ["--help"], ["status"]] {
      let run = try CommandRun(arguments, in: folder)
      #expect(!(run.output + run.errors).contains("\u{1B}"), "\(arguments)")
    }
  }

  @Test func theHiddenDemoServerSpeaksMCPOnItsStreams() throws {
    let run = try run(
      "demo-server", "erpnext",
      input: #"{"jsonrpc":"2.0","id":1,"method":"ping"}"# + "\n")
    #expect(run.exitCode == 0)
    #expect(run.json?["id"]?.intValue == 1)
    let unknown = try self.run("demo-server", "nobody")
    #expect(unknown.exitCode == 1)
    #expect(unknown.errors.contains("homeassistant"))
    #expect(try !self.run("--help").output.contains("demo-server"))
  }

  @Test func theDemosBackendsAreTheServersThatTheBinaryHas() {
    #expect(GatewayConfiguration.demoServers.map(\.name) == DemoServer.names)
  }
}
