import Testing

@testable import GatewayKit

@Suite struct KeysCommandTests {
  let folder: ConfigurationFolder

  init() throws {
    folder = try ConfigurationFolder()
    try #require(try CommandRun(["users", "create", "alice"], in: folder).exitCode == 0)
  }

  @discardableResult
  private func run(_ arguments: String..., input: String = "") throws -> CommandRun {
    try CommandRun(arguments, in: folder, input: input)
  }

  private func keys() throws -> [JSONValue] {
    try run("keys", "list", "--json").json?["keys"]?.arrayValue ?? []
  }

  @Test func aNewKeyIsPrintedOnceAloneOnTheFirstLine() throws {
    let run = try run("keys", "create", "alice", "--name", "prod", "--ttl-days", "90")
    #expect(run.exitCode == 0, "\(run.errors)")
    let secret = String(run.output.split(separator: "\n")[0])
    #expect(secret.wholeMatch(of: /mcpgw_[0-9A-Za-z]{46}/) != nil, "\(secret)")
    #expect(run.output.contains("it will not be shown again"))
    let list =
      try self.run("keys", "list", "alice", "--json").output + self.run("keys", "list").output
    #expect(list.contains("prod"))
    #expect(!list.contains(secret))
    #expect(!list.contains(SHA256Digest(hashing: secret).hex))
  }

  @Test func theJSONOfANewKeyIsThatOfTheRESTAPI() throws {
    let json = try run("keys", "create", "alice", "--ttl-days", "1", "--json").json
    #expect(json?["status"]?.stringValue == "created")
    #expect(json?["username"]?.stringValue == "alice")
    #expect(json?["api_key"]?.stringValue?.hasPrefix("mcpgw_") == true)
    #expect(json?["key_id"]?.stringValue?.count == 12)
    #expect(json?["expires_at"]?.stringValue?.hasSuffix("Z") == true)
    #expect(json?["note"]?.stringValue == "Save this key immediately — it will not be shown again")
  }

  @Test(arguments: ["0", "3651", "-1"])
  func aLifetimeOutOfBoundsIsRefused(days: String) throws {
    let run = try run("keys", "create", "alice", "--ttl-days=\(days)", "--json")
    #expect(run.exitCode != 0)
    #expect(run.errorJSON?["error"]?.stringValue == "invalid_ttl", "\(run.errors)")
    #expect(try keys().isEmpty)
  }

  @Test func aNameTwiceIsAConflict() throws {
    try run("keys", "create", "alice", "--name", "prod")
    #expect(try run("keys", "create", "alice", "--name", "prod").exitCode == 4)
  }

  @Test func aKeyIsNamedByItsIdItsNameOrItselfOnStandardInput() throws {
    let secret =
      try run("keys", "create", "alice", "--name", "one", "--json").json?["api_key"]?.stringValue
      ?? ""
    let id = try keys().first?["key_id"]?.stringValue ?? ""
    #expect(try run("keys", "rename", id, "two").exitCode == 0)
    #expect(try run("keys", "rename", "alice/two", "three").exitCode == 0)
    #expect(try run("keys", "rename", "-", "four", input: secret + "\n").exitCode == 0)
    #expect(try keys().first?["key_name"]?.stringValue == "four")
    for wrong in ["0123456789ab", "alice/gone", "nobody/four"] {
      #expect(try run("keys", "rename", wrong, "x").exitCode == 3, "\(wrong)")
    }
    #expect(try run("keys", "rename", "-", "x", input: "").exitCode == 2)
  }

  @Test func extendingSetsTheEndOrTakesItAway() throws {
    try run("keys", "create", "alice", "--name", "k", "--ttl-days", "1")
    let before = try keys().first?["expires_at"]?.stringValue ?? ""
    #expect(try run("keys", "extend", "alice/k", "--ttl-days", "10").exitCode == 0)
    let after = try keys().first?["expires_at"]?.stringValue ?? ""
    #expect(after > before)
    #expect(try run("keys", "extend", "alice/k", "--never").exitCode == 0)
    #expect(try keys().first?["expires_at"] == .null)
    #expect(try run("keys", "extend", "alice/k", "--never", "--ttl-days", "3").exitCode == 2)
  }

  @Test func rotatingPrintsASuccessorAndBothWork() throws {
    try run("keys", "create", "alice", "--name", "k", "--ttl-days", "30")
    let rotated = try run("keys", "rotate", "alice/k", "--json")
    #expect(rotated.exitCode == 0, "\(rotated.errors)")
    #expect(rotated.json?["status"]?.stringValue == "rotated")
    #expect(rotated.json?["api_key"]?.stringValue?.hasPrefix("mcpgw_") == true)
    let all = try keys()
    #expect(all.count == 2)
    #expect(all.allSatisfy { $0["state"]?.stringValue == "valid" })
    let old = all.first { $0["rotated_from"] == .null }
    #expect(all.contains { $0["rotated_from"] == old?["key_id"] })
    #expect(try run("keys", "rotate", old?["key_id"]?.stringValue ?? "").exitCode == 4)
  }

  @Test func revokingNeedsYesAndTwiceIsNoError() throws {
    let secret =
      try run("keys", "create", "alice", "--name", "k", "--json").json?["api_key"]?.stringValue
      ?? ""
    #expect(try run("keys", "revoke", "alice/k").exitCode == 2)
    #expect(try keys().first?["state"]?.stringValue == "valid")
    #expect(try run("keys", "revoke", "-", "--yes", input: secret).exitCode == 0)
    #expect(try keys().first?["state"]?.stringValue == "revoked")
    let id = try keys().first?["key_id"]?.stringValue ?? ""
    #expect(try run("keys", "revoke", id, "--yes").exitCode == 0)
    #expect(
      try run("keys", "list", "--state", "valid", "--json").json?["keys"]?.arrayValue?.isEmpty
        == true)
  }

  @Test func inspectSaysWhetherAKeyIsWellFormedKnownAndWorks() throws {
    let secret =
      try run("keys", "create", "alice", "--name", "k", "--json").json?["api_key"]?.stringValue
      ?? ""
    func inspect(_ key: String, exits: Int32 = 0) throws -> JSONValue? {
      let run = try run("keys", "inspect", "-", "--json", input: "  \(key)\r\n")
      #expect(run.exitCode == exits, "\(run.errors)")
      #expect(!(run.output + run.errors).contains(secret))
      return run.json
    }
    let good = try inspect(secret)
    #expect(good?["works"]?.boolValue == true)
    #expect(good?["key"]?["username"]?.stringValue == "alice")
    try run("users", "disable", "alice")
    #expect(try inspect(secret)?["works"]?.boolValue == false)
    try run("users", "enable", "alice")
    try run("keys", "revoke", "alice/k", "--yes")
    #expect(try inspect(secret)?["key"]?["state"]?.stringValue == "revoked")
    let mistyped = secret.dropLast() + (secret.hasSuffix("A") ? "B" : "A")
    let wrong = try inspect(String(mistyped), exits: 3)
    #expect(wrong?["known"]?.boolValue == false)
    #expect(wrong?["form"]?.stringValue != good?["form"]?.stringValue)
  }

  @Test func inspectWorksWithoutAStore() throws {
    let secret = try run("keys", "create", "alice", "--json").json?["api_key"]?.stringValue ?? ""
    let run = try run("keys", "inspect", "-", "--json", "--users-db", "none.json", input: secret)
    #expect(run.exitCode == 0)
    #expect(run.json?["store"] == .null)
    #expect(run.json?["works"] == .null)
    #expect(run.json?["key_id"]?.stringValue?.count == 12)
  }
}
