import Glibc
import Testing

@testable import GatewayKit

/// Commands beside a gateway.json that is wrong or gone.
@Suite struct UnreadConfigurationTests {
  let folder: ConfigurationFolder

  init() throws { folder = try ConfigurationFolder() }

  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun(arguments, in: folder)
  }

  private func breakFile() throws {
    try folder.write("gateway.json", "{\n\"gateway\": {\"lisen\": \"127.0.0.1:0\"}}")
  }

  /// A gateway over the store data/users.json with the user carol and the key doomed.
  private func serve(_ arguments: [String] = []) throws -> pid_t {
    try folder.write(
      "gateway.json",
      #"{"mcpServers": {"new": {"command": "/bin/cat"}}, "gateway": {"listen": "127.0.0.1:0"}}"#)
    #expect(try run("users", "create", "carol").exitCode == 0)
    #expect(try run("keys", "create", "carol", "--name", "doomed").exitCode == 0)
    return try CommandServer.start(arguments, in: folder)
  }

  @Test(arguments: ["USERS_DB_PATH", "--users-db"])
  func aKeyIsRevokedInTheStoreThatIsNamedWhileTheFileIsWrong(named: String) throws {
    _ = try run("users", "create", "carol", "--users-db", "here/users.json")
    _ = try run("keys", "create", "carol", "--name", "doomed", "--users-db", "here/users.json")
    try breakFile()
    var arguments = ["keys", "revoke", "carol/doomed", "--yes"]
    if named == "--users-db" {
      arguments += ["--users-db", "here/users.json"]
    } else {
      folder.environment[named] = "here/users.json"
    }
    let run = try CommandRun(arguments, in: folder)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("revoked "))
    #expect(run.errors.contains("warning: \(folder.path)/gateway.json:2: gateway.lisen"))
    #expect(
      run.errors.contains(
        "on the store \(folder.path)/here/users.json and the audit log \(folder.path)/here/audit.jsonl."
      ), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    let list = try CommandRun(["keys", "list", "--json"] + arguments.dropFirst(4), in: folder)
    #expect(list.json?["keys"]?.arrayValue?.first?["state"]?.stringValue == "revoked")
    #expect(list.errorJSON?["warning"]?.stringValue == "config_invalid", "\(list.errors)")
  }

  @Test func whereNobodySaysWhereTheLogIsNoOtherIsBegun() throws {
    try folder.write("gateway.json", #"{"gateway": {"audit.path": "elsewhere.jsonl"}}"#)
    _ = try run("users", "create", "carol", "--users-db", "here/users.json")
    try breakFile()
    let run = try run("users", "disable", "carol", "--users-db", "here/users.json")
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("nobody can say where the audit log is"), "\(run.errors)")
    #expect(access("\(folder.path)/here/audit.jsonl", F_OK) != 0)
  }

  @Test(arguments: [
    ["users", "list"], ["users", "disable", "carol"], ["keys", "revoke", "carol/doomed", "--yes"],
    ["explain", "carol"], ["audit", "tail"], ["usage"], ["access", "allow", "carol", "new"],
    ["sessions", "list"], ["status"], ["backends", "list"],
  ])
  func withoutANamedStoreAWrongFileIsAnErrorThatSaysWhatToAdd(arguments: [String]) throws {
    // A store stands where the default is: it may be another than the file named.
    _ = try run("users", "create", "carol")
    try breakFile()
    let run = try CommandRun(arguments, in: folder)
    #expect(run.exitCode == 1)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("gateway.json:2: gateway.lisen is not a setting"))
    #expect(run.errors.contains("add --users-db PATH"), "\(run.errors)")
  }

  @Test func whatNeedsTheFileItselfStillFails() throws {
    try breakFile()
    for arguments in [["config", "check"], ["config", "path"], ["backends", "check"]] {
      let run = try CommandRun(arguments + ["--users-db", "data/users.json"], in: folder)
      #expect(run.exitCode == 1)
      #expect(run.errors.hasPrefix("gateway: \(folder.path)/gateway.json:2:"), "\(run.errors)")
    }
  }

  @Test func theRunningGatewayIsAskedWhileTheFileIsWrong() throws {
    let pid = try serve()
    defer { CommandServer.stop(pid) }
    try breakFile()
    for arguments in [["status"], ["sessions", "list"], ["backends", "list"]] {
      let run = try CommandRun(arguments, in: folder)
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(
        run.errors.contains("asks the gateway at \(folder.path)/data/gateway.sock"), "\(run.errors)"
      )
    }
    #expect(try run("status").output.contains("\(folder.path)/data/users.json"))
    #expect(try run("backends", "list").output.contains("new "))
    folder.environment["GATEWAY_SOCKET"] = "data/gateway.sock"
    #expect(try run("status", "--config", "gone.json").exitCode == 0)
    let revoke = try run("keys", "revoke", "carol/doomed", "--yes")
    #expect(revoke.exitCode == 1)
    #expect(
      revoke.errors.contains("add --users-db \(folder.path)/data/users.json."), "\(revoke.errors)")
  }

  @Test func theRunningGatewaySaysWhereItsLogIs() throws {
    try folder.write("gateway.json", #"{"gateway": {"audit.path": "log/a.jsonl"}}"#)
    mkdir("\(folder.path)/log", 0o700)
    #expect(try run("users", "create", "carol").exitCode == 0)
    let pid = try CommandServer.start(["--listen", "127.0.0.1:0"], in: folder)
    defer { CommandServer.stop(pid) }
    try breakFile()
    let run = try run("users", "disable", "carol", "--users-db", "data/users.json")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.contains("the audit log \(folder.path)/log/a.jsonl."), "\(run.errors)")
    #expect(!folder.holds("data/audit.jsonl"))
  }

  @Test func withTheFileGoneTheRunningGatewaysBackendsCount() throws {
    let pid = try serve()
    defer { CommandServer.stop(pid) }
    unlink("\(folder.path)/gateway.json")
    let list = try run("backends", "list")
    #expect(list.output.contains("new "), "\(list.output)")
    let explain = try run("explain", "carol", "new")
    #expect(!explain.output.contains("But "), "\(explain.output)")
    #expect(explain.output.contains("The backend is "), "\(explain.output)")
    let unknown = try run("explain", "carol", "other")
    #expect(
      unknown.output.contains("But the running gateway has no such backend"), "\(unknown.output)")
    #expect(try run("access", "show", "carol").output.contains("new"))
  }

  @Test func withNeitherFileNorGatewayTheBackendsAreNotKnown() throws {
    _ = try run("users", "create", "carol")
    try breakFile()
    let explain = try run("explain", "carol", "new", "--users-db", "data/users.json")
    #expect(explain.output.contains("But whether there is such a backend is not known"))
    let show = try run("access", "show", "carol", "--users-db", "data/users.json")
    #expect(show.output.contains("not known: the configuration cannot be read"), "\(show.output)")
  }
}
