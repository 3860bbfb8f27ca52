import Glibc
import Testing

@testable import GatewayKit

@Suite struct AuditCommandTests {
  let folder: ConfigurationFolder

  init() throws {
    folder = try ConfigurationFolder()
    for arguments in [
      ["users", "create", "alice"], ["users", "create", "bob"],
      ["keys", "create", "alice", "--name", "ci"],
      ["access", "set", "alice", "--allow", "erpnext"],
      ["keys", "revoke", "alice/ci", "--yes"],
    ] { try #require(try CommandRun(arguments, in: folder).exitCode == 0) }
  }

  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun(["audit"] + arguments, in: folder)
  }

  @Test func tailShowsEachChangeOnceWithWhoMadeIt() throws {
    let tail = try run("tail")
    let lines = tail.output.split(separator: "\n")
    #expect(lines.count == 6, "\(tail.output)")
    #expect(lines[1].contains("user.created  alice  by "))
    #expect(lines[5].contains("key.revoked  alice ") && lines[5].contains("revoked: false → true"))
    #expect(try run("tail", "-n", "2").output.contains("key.revoked"))
  }

  @Test func searchFiltersAndJSONIsTheLogsOwnLines() throws {
    let bob = try run("search", "--user", "bob", "--json")
    let events = try bob.output.split(separator: "\n").map { try JSONValue.parse($0.utf8) }
    #expect(events.map { $0["phase"] } == ["intent", "done"])
    #expect(events[0]["actor"]?["program"] == "gateway")
    #expect(try run("search", "--action", "key", "--since", "1h").output.contains("key.created"))
    #expect(try run("search", "--until", "2020-01-01").output.isEmpty)
    #expect(try run("search", "--action", "nothing").exitCode == 2)
    #expect(try run("search", "--since", "yesterday").exitCode == 2)
  }

  @Test func aUserWhoIsNotThereIsSaidToBeSoAndOneWhoWasIsShown() throws {
    let nobody = try run("search", "--user", "nobody")
    #expect(nobody.exitCode == 0 && nobody.output.isEmpty)
    #expect(nobody.errors.hasPrefix("gateway: there is no user \"nobody\" now"), "\(nobody.errors)")
    #expect(try run("tail", "--user", "nobody").errors.contains("no user \"nobody\""))
    try #require(
      try CommandRun(["users", "delete", "bob", "--yes"], in: folder).exitCode == 0)
    let bob = try run("search", "--user", "bob")
    #expect(bob.output.contains("user.deleted") && bob.errors.contains("no user \"bob\""))
    #expect(try run("search", "--user", "alice").errors.isEmpty)
    #expect(try run("search", "--user", "nobody", "--json").errors.isEmpty)
  }

  @Test func verifyExitsWithOneWhenALineWasChanged() throws {
    let sound = try run("verify", "--json")
    #expect(sound.exitCode == 0 && sound.json?["sound"] == true, "\(sound.errors)")
    let file = "data/audit.jsonl"
    let text = try ConfigurationFolder.text(of: "\(folder.path)/\(file)")
    try folder.write(file, text.replacing("erpnext", with: "wave123"))
    let changed = try run("verify")
    #expect(changed.exitCode == 1)
    #expect(changed.output.contains("WRONG: \(folder.path)/data/audit.jsonl:8: line 8 was changed"))
  }

  @Test func aLogThatWasTakenAwayIsNotOneThatNeverWas() throws {
    unlink("\(folder.path)/data/audit.jsonl")
    let verify = try run("verify")
    #expect(verify.exitCode == 1)
    #expect(verify.output.contains("lines 1 to 11 are missing at the end"), "\(verify.output)")
    let tail = try run("tail")
    #expect(tail.exitCode == 3 && tail.errors.contains("there was one"), "\(tail.errors)")
  }

  @Test func aChangeThatIsNotLoggedIsMadeAndSaidToBeSo() throws {
    let log = "\(folder.path)/data/audit.jsonl"
    unlink(log)
    mkfifo(log, 0o600)
    let made = try CommandRun(["users", "create", "carol", "--json"], in: folder)
    #expect(made.exitCode == 0 && made.json?["status"] == "created", "\(made.errors)")
    #expect(made.errors.contains("audit log may not tell of it: \(log) cannot be written"))
    #expect(try CommandRun(["users", "show", "carol"], in: folder).errors.isEmpty)
  }

  @Test func withoutTheSecretOrTheLogItSaysWhatIsMissing() throws {
    unlink("\(folder.path)/data/gateway.secret")
    let verify = try run("verify")
    #expect(verify.exitCode == 3 && verify.errors.contains("gateway.secret"), "\(verify.errors)")
    unlink("\(folder.path)/data/audit.jsonl")
    unlink("\(folder.path)/data/audit.head")
    let tail = try run("tail")
    #expect(tail.exitCode == 3 && tail.errors.contains("nothing was changed yet"), "\(tail.errors)")
    try folder.write("gateway.json", #"{"gateway": {"audit": {"path": "off"}}}"#)
    #expect(try run("tail").errors.contains("audit.path off"))
  }
}
