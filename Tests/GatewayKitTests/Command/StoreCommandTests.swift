import Glibc
import Testing

@testable import GatewayKit

@Suite struct StoreCommandTests {
  let folder: ConfigurationFolder

  init() throws {
    folder = try ConfigurationFolder()
    try #require(try CommandRun(["users", "create", "alice"], in: folder).exitCode == 0)
  }

  @discardableResult
  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun(arguments + ["--json"], in: folder)
  }

  @Test func aGoodStoreHasNoFindings() throws {
    try run("keys", "create", "alice")
    let report = try run("store", "check").json
    #expect(report?["path"]?.stringValue == "\(folder.path)/data/users.json")
    #expect(report?["users"]?.intValue == 1)
    #expect(report?["keys"]?.intValue == 1)
    #expect(report?["findings"]?.arrayValue?.isEmpty == true)
    #expect(report?["writable"]?.boolValue == true)
  }

  @Test func aKeyWithoutAUserIsAFindingAndNoHashIsPrinted() throws {
    let hash = String(repeating: "ab", count: 32)
    try folder.write(
      "data/users.json",
      #"""
      {"users": {}, "api_keys": {"\#(hash)": {"user_id": "gone", "username": "gone", "key_name": "k",
        "created_at": "2026-03-31T12:00:00", "expires_at": null, "revoked": false}}}
      """#)
    let run = try run("store", "check")
    #expect(run.exitCode == 0)
    #expect(run.json?["findings"]?.arrayValue?.count == 1)
    #expect(run.output.contains("abababababab"))
    #expect(!run.output.contains(hash))
  }

  @Test func restoringGoesBackAfterYesAndKeepsRevokedKeysRevoked() throws {
    try run("keys", "create", "alice", "--name", "k")
    try run("keys", "revoke", "alice/k", "--yes")
    try run("users", "create", "bob")
    let kept = try run("store", "generations").json?["generations"]?.arrayValue
    #expect(kept?.first?["name"]?.stringValue == "1")
    // 1: before bob; 2: before the revocation.
    #expect(try run("store", "restore", "2").exitCode == 2)
    #expect(try run("users", "show", "bob").exitCode == 0)
    let restored = try run("store", "restore", "2", "--yes")
    #expect(restored.exitCode == 0, "\(restored.errors)")
    #expect(
      restored.json?["difference"]?["removed_users"]?.arrayValue?.first?.stringValue == "bob")
    #expect(restored.json?["difference"]?["revoked_since"]?.arrayValue?.count == 1)
    #expect(try run("users", "show", "bob").exitCode == 3)
    func state() throws -> String? {
      try run("keys", "list").json?["keys"]?.arrayValue?.first?["state"]?.stringValue
    }
    #expect(try state() == "revoked")
    // What was replaced is generation 1, and leads back.
    #expect(try run("store", "restore", "1", "--yes").exitCode == 0)
    #expect(try run("users", "show", "bob").exitCode == 0)
    #expect(try state() == "revoked")
  }

  @Test func revivingLetsARevokedKeyWorkAgain() throws {
    try run("keys", "create", "alice", "--name", "k")
    try run("keys", "revoke", "alice/k", "--yes")
    #expect(try run("store", "restore", "1", "--revive", "--yes").exitCode == 0)
    #expect(
      try run("keys", "list").json?["keys"]?.arrayValue?.first?["state"]?.stringValue == "valid")
  }

  @Test func anUnknownGenerationExitsWithThree() throws {
    for name in ["9", "2001-01-01", "../users.json"] {
      let run = try run("store", "restore", name, "--yes")
      #expect(run.exitCode == 3, "\(run.errors)")
      #expect(run.errorJSON?["error"]?.stringValue == "generation_not_found")
    }
  }

  @Test func aBrokenStoreIsCuredByGoingBackAndTheBrokenFileIsKept() throws {
    try run("keys", "create", "alice", "--name", "k")
    try run("keys", "revoke", "alice/k", "--yes")
    try run("users", "create", "bob")
    try folder.write("data/users.json", "{\"users\": {")
    #expect(try run("users", "list").exitCode == 1)
    #expect(try run("users", "create", "carol").exitCode == 1)
    let kept = try run("store", "generations")
    #expect(kept.exitCode == 0, "\(kept.errors)")
    // 1 has the revocation, 2 does not: the key stays revoked all the same.
    let restored = try run("store", "restore", "2", "--yes")
    #expect(restored.exitCode == 0, "\(restored.errors)")
    #expect(restored.json?["replaced_unreadable"]?.boolValue == true)
    #expect(
      try run("keys", "list").json?["keys"]?.arrayValue?.first?["state"]?.stringValue == "revoked")
    #expect(try run("users", "create", "carol").exitCode == 0)
    #expect(
      try ConfigurationFolder.text(of: "\(folder.path)/data/users.json.2")
        == "{\"users\": {")
  }

  @Test func aKeyThatWasRevokedLastStaysRevokedWhenTheFileIsCut() throws {
    try run("users", "create", "eve")
    try run("keys", "create", "eve", "--name", "leaked")
    try run("keys", "revoke", "eve/leaked", "--yes")
    try #require(truncate("\(folder.path)/data/users.json", 120) == 0)
    let restored = try CommandRun(["store", "restore", "1", "--yes"], in: folder)
    #expect(restored.exitCode == 0, "\(restored.errors)")
    #expect(!restored.errors.contains("same as now"), "\(restored.errors)")
    #expect(restored.errors.contains("key.revoked  eve"), "\(restored.errors)")
    #expect(
      try run("keys", "list").json?["keys"]?.arrayValue?.first?["state"]?.stringValue == "revoked")
  }
}
