import Glibc
import Testing

@testable import GatewayKit

@Suite struct UsersCommandTests {
  let folder: ConfigurationFolder

  init() throws { folder = try ConfigurationFolder() }

  @discardableResult
  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun(arguments, in: folder)
  }

  @Test func creatingTheFirstUserMakesTheStoreAndSaysItsFullPath() throws {
    let run = try run("users", "create", "alice", "--email", "alice@example.com", "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.json?["status"]?.stringValue == "created")
    #expect(run.json?["user"]?["username"]?.stringValue == "alice")
    #expect(run.json?["created_store"]?.stringValue == "\(folder.path)/data/users.json")
    #expect(folder.holds("data/users.json"))
    #expect(try self.run("users", "create", "bob").errors.isEmpty)
    let other = try self.run("users", "create", "carol", "--users-db", "other/users.json")
    #expect(other.output.hasSuffix("next: gateway keys create carol --users-db other/users.json\n"))
    #expect(other.errors == "gateway: made the store \(folder.path)/other/users.json\n")
  }

  @Test func aUserIsListedShownChangedDisabledEnabledAndDeleted() throws {
    try run("users", "create", "alice", "--description", "Engineering team")
    let list = try run("users", "list", "--json").json?["users"]?.arrayValue
    #expect(list?.compactMap { $0["username"]?.stringValue } == ["alice"])
    #expect(list?.first?["description"]?.stringValue == "Engineering team")
    #expect(try run("users", "list").output.contains("Engineering team"))

    #expect(
      try run("users", "edit", "alice", "--email", "a@example.com", "--metadata", #"{"team": 1}"#)
        .exitCode == 0)
    let edited = try run("users", "show", "alice", "--json").json
    #expect(edited?["email"]?.stringValue == "a@example.com")
    #expect(edited?["description"]?.stringValue == "Engineering team")
    #expect(edited?["metadata"]?["team"]?.intValue == 1)
    #expect(try run("users", "edit", "alice", "--email", "").exitCode == 0)
    #expect(try run("users", "show", "alice", "--json").json?["email"] == .null)

    #expect(try run("users", "disable", "alice").output == "disabled alice\n")
    #expect(try run("users", "show", "alice", "--json").json?["enabled"]?.boolValue == false)
    #expect(try run("users", "enable", "alice").output == "enabled alice\n")
    #expect(try run("users", "show", "alice", "--json").json?["enabled"]?.boolValue == true)

    try run("keys", "create", "alice")
    #expect(try run("users", "delete", "alice", "--yes").output == "deleted alice and 1 key\n")
    #expect(try run("users", "show", "alice").exitCode == 3)
    #expect(try run("keys", "list", "--json").json?["keys"]?.arrayValue?.isEmpty == true)
  }

  @Test func deletingWithoutATerminalNeedsYesAndChangesNothingWithoutIt() throws {
    try run("users", "create", "alice")
    for arguments in [["users", "delete", "alice"], ["users", "delete", "alice", "--json"]] {
      let run = try CommandRun(arguments, in: folder, input: "y\n")
      #expect(run.exitCode == 2)
      #expect(run.errors.contains("--yes"))
    }
    #expect(try run("users", "show", "alice").exitCode == 0)
  }

  @Test func aDuplicateIgnoringCaseIsAConflict() throws {
    try run("users", "create", "alice")
    for name in ["alice", "Alice"] {
      let run = try run("users", "create", name, "--json")
      #expect(run.exitCode == 4)
      #expect(run.errorJSON?["error"]?.stringValue == "user_exists")
    }
  }

  @Test(arguments: [
    "", "a b", "-a", ".a", "a/b", "ü", String(repeating: "x", count: 65), "a\u{1B}[31m",
  ])
  func aBadNameIsRefusedAndMakesNoUser(name: String) throws {
    let run = try run("users", "create", "--json", "--", name)
    #expect(!folder.holds("data"))
    #expect(run.exitCode != 0)
    #expect(run.errorJSON?["error"]?.stringValue == "invalid_username", "\(run.errors)")
    #expect(!run.errors.contains("\u{1B}"))
  }

  @Test(arguments: [
    ["show"], ["enable"], ["disable"], ["delete", "--yes"], ["edit", "--email", "x"],
  ])
  func anUnknownUserExitsWithThree(verb: [String]) throws {
    try run("users", "create", "alice")
    let run = try CommandRun(["users"] + verb + ["nobody", "--json"], in: folder)
    #expect(run.exitCode == 3)
    #expect(run.errorJSON?["error"]?.stringValue == "user_not_found")
  }

  @Test func metadataThatIsNoObjectIsAUsageError() throws {
    try run("users", "create", "alice")
    for text in ["3", "[", "{\"a\":}"] {
      #expect(try run("users", "edit", "alice", "--metadata", text).exitCode == 2, "\(text)")
    }
  }

  @Test func aHostileNameOfAnOldFileIsWrittenOutAndItsRowsStayAligned() throws {
    try folder.write(
      "data/users.json",
      #"""
      {"users": {"ev\u001b[2J\nil": {"user_id": "u1", "description": "x\u202ey", "created_at": "2026-03-31T12:00:00",
         "enabled": true, "api_keys": [], "mcp_allowed": [], "mcp_blocked": []},
        "日本": {"user_id": "u2", "created_at": "2026-03-31T12:00:00.5", "enabled": false, "api_keys": []}},
       "api_keys": {}}
      """#)
    let text = try run("users", "list")
    #expect(text.exitCode == 0, "\(text.errors)")
    #expect(text.output.contains(#"ev\u{1b}[2J\u{a}il"#), "\(text.output)")
    #expect(!text.output.contains("\u{1B}"))
    #expect(!text.output.contains("\u{202E}"))
    #expect(text.output.split(separator: "\n").count == 3)
    let json = try run("users", "list", "--json")
    #expect(
      json.json?["users"]?.arrayValue?.compactMap { $0["username"]?.stringValue }.sorted()
        == ["ev\u{1B}[2J\nil", "日本"].sorted())
    #expect(!json.output.contains("\u{1B}"))
    #expect(try run("users", "show", "日本").exitCode == 0)
  }

  @Test func aBrokenStoreIsNeverTakenForEmpty() throws {
    let file = try folder.write(
      "data/users.json", "{\"users\": {\n\"alice\": 3},\n\"api_keys\": {}}")
    for arguments in [
      ["users", "list"], ["users", "create", "bob"], ["keys", "list"], ["store", "check"],
    ] {
      let run = try CommandRun(arguments + ["--json"], in: folder)
      #expect(run.exitCode == 1, "\(arguments)")
      #expect(run.errorJSON?["error"]?.stringValue == "store_unreadable", "\(run.errors)")
      #expect(run.errorJSON?["message"]?.stringValue?.contains(file) == true, "\(run.errors)")
    }
    #expect(
      try ConfigurationFolder.text(of: file)
        == "{\"users\": {\n\"alice\": 3},\n\"api_keys\": {}}")
  }

  @Test func aFlagAndAVariableNameTheStore() throws {
    #expect(try run("users", "create", "alice", "--users-db", "flag/users.json").exitCode == 0)
    folder.environment["USERS_DB_PATH"] = "\(folder.path)/flag/users.json"
    #expect(try run("users", "show", "alice").exitCode == 0)
    #expect(try run("users", "show", "alice", "--users-db", "other.json").exitCode == 3)
  }
}
