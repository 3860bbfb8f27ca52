import Foundation
import Testing

@testable import GatewayKit

@Suite("The users' file: what is read, and what is left alone")
struct StoreFormatTests {
  static let hash1 = String(repeating: "1a", count: 32)
  static let hash2 = String(repeating: "2b", count: 32)

  /// As a person writes it: comments in members, odd white space, members of their own.
  static let byHand = #"""
    {
      "_comment": "kept by  hand; numbers like 1.50e+2 stay",
      "users": {
        "alice" : { "user_id":"abc123", "email": "alice@example.com",
          "x-team": {"b": 1.0, "a": [1e2, -0], "\u006bey": "\ud83d\ude00"},
          "description": "Engineering \u00e9", "created_at": "2026-03-31T12:00:00",
          "enabled": true, "api_keys": ["\#(hash1)"], "mcp_allowed": ["erpnext"   , "wave"],
          "mcp_blocked": [], "metadata": {"cost": 12345678901234567890.10} },
        "Müller & Söhne": {"user_id": "def", "note": "an old name"}
      },
      "api_keys": {
        "\#(hash1)": {"user_id": "abc123", "username": "alice", "key_name": "prod-key",
          "created_at": "2026-03-31T12:00:00.5", "expires_at": null, "revoked": false, "ip": "10.0.0.1"},
        "\#(hash2)": {"user_id": "gone", "username": "gone"}
      },
      "settings": {"theme" : "dark"}
    }
    """#

  @Test func aFileByHandIsRead() async throws {
    let folder = try StoreFolder()
    try folder.write(Self.byHand)
    let store = try await UserStore.open(folder.path)
    let alice = try #require(store.user("alice"))
    #expect(alice.id == "abc123")
    #expect(alice.email == "alice@example.com")
    #expect(alice.description == "Engineering é")
    #expect(alice.createdAt.storeText == "2026-03-31T12:00:00.000000")
    #expect(alice.allowed == ["erpnext", "wave"])
    #expect(alice.metadataJSON == #"{"cost":12345678901234567890.10}"#)
    let old = try #require(store.user("Müller & Söhne"))
    #expect(old.isEnabled)
    #expect(old.allowed.isEmpty && old.email == nil && old.createdAt.microseconds == 0)
    let key = try #require(store.keys(of: "alice").first)
    #expect(key.createdAt.storeText == "2026-03-31T12:00:00.500000")
    #expect(key.name == "prod-key" && key.expiresAt == nil && !key.isRevoked)
    #expect(store.keys().count == 1, "a key without a user is nobody's")
    #expect(store.generation == 0)
  }

  @Test("unknown members survive a thousand edits byte for byte")
  func survives() async throws {
    let folder = try StoreFolder()
    try folder.write(Self.byHand)
    let store = try await UserStore.open(folder.path)
    var secrets: [String] = []
    for round in 0..<125 {
      try await store.editUser("alice", email: .set("\(round)@example.com"))
      try await store.editUser("Müller & Söhne", description: .set("round \(round) \"\\\n"))
      try await store.allow(["b\(round)"], for: "alice")
      try await store.block(["c/\(round)*"], for: "Müller & Söhne")
      secrets.append(try await store.issueKey(for: "alice").secret)
      try await store.createUser("u\(round)")
      if round % 3 == 0 {
        try await store.deleteUser("u\(round)")
      } else {
        try await store.setEnabled(false, for: "u\(round)")
      }
      try await store.revokeKey(.secret(secrets[round]))
    }
    let text = try folder.text()
    for kept in [
      #""_comment": "kept by  hand; numbers like 1.50e+2 stay""#,
      #""x-team": {"b": 1.0, "a": [1e2, -0], "\u006bey": "\ud83d\ude00"}"#,
      #""metadata": {"cost": 12345678901234567890.10}"#, #""note": "an old name""#,
      #""ip": "10.0.0.1""#, #""settings": {"theme" : "dark"}"#,
      #""\#(Self.hash2)": {"user_id": "gone", "username": "gone"}"#,
    ] {
      #expect(text.contains(kept), "lost: \(kept)")
    }
    #expect(store.generation == 1000)
    // Another process reads the same.
    let again = try await UserStore.open(folder.path)
    #expect(again.users().map(\.username) == store.users().map(\.username))
    #expect(again.users().count == 2 + 125 - 42)
    #expect(again.keys().count == 126)
    #expect(again.user("alice")?.allowed.count == 127)
    #expect(again.user("alice")?.email == "124@example.com")
    let snapshot = again.snapshot
    #expect(!secrets.contains { snapshot.accepts($0) })
  }

  @Test("what is missing takes its default", arguments: ["{}", #"{"users": {}}"#, "{ }\n"])
  func fills(text: String) async throws {
    let folder = try StoreFolder()
    try folder.write(text)
    let store = try await UserStore.open(folder.path)
    #expect(store.users().isEmpty && store.keys().isEmpty)
    let issued = try await store.createUser("alice").username
    #expect(issued == "alice")
    let key = try await store.issueKey(for: "alice")
    let again = try await UserStore.open(folder.path)
    #expect(again.snapshot.accepts(key.secret))
  }

  @Test(
    "a broken schema is told with its line and never overwritten",
    arguments: [
      ("{\n\"users\": {", 2, "expected"),
      ("{\"users\": []}", 1, "users is no object"),
      ("{\"users\": {\"a\":\n{}}}", 1, "no user_id"),
      ("{\"users\": {\n\"a\": {\"user_id\": 5}}}", 2, "user_id of the user a must be a string"),
      ("{\"users\": {\"a\": {\"user_id\": \"1\",\n\"enabled\": \"yes\"}}}", 2, "true or false"),
      ("{\"users\": {\"a\": {\"user_id\": \"1\", \"mcp_allowed\": [1]}}}", 1, "array of strings"),
      ("{\"users\": {\"a\": {\"user_id\": \"1\", \"api_keys\": [\"AB\"]}}}", 1, "64 lower-case"),
      ("{\"users\": {\"a\": {\"user_id\": \"1\", \"created_at\": \"today\"}}}", 1, "a date"),
      (
        "{\"users\": {\"a\": {\"user_id\": \"1\"},\n\"\\u0061\": {\"user_id\": \"2\"}}}", 2, "twice"
      ),
      ("{\"users\": {\"a\": {\"user_id\": \"1\"},\n\"b\": {\"user_id\": \"1\"}}}", 2, "another"),
      ("{\"users\": {\"a\": {\"user_id\": \"1\", \"user_id\": \"2\"}}}", 1, "comes twice"),
      ("{\"users\": {}, \"users\": {}}", 1, "comes twice"),
      ("{\"api_keys\": {\"short\": {}}}", 1, "64 lower-case"),
      (
        "{\"api_keys\": {\"\(String(repeating: "AB", count: 32))\": {\"user_id\": \"1\"}}}", 1,
        "64 lower-case"
      ),
      (
        "{\"api_keys\": {\"\(hash1)\": {\"user_id\": \"1\"},\n\"\(hash1)\": {\"user_id\": \"1\"}}}",
        2, "twice"
      ),
      ("{\"generation\": -1}", 1, "whole number"), ("null", 1, "no JSON object"),
      ("{\"users\": {}} x", 1, "follows"), ("\u{FEFF}{}", 1, "value"),
    ] as [(String, Int, String)])
  func refuses(text: String, line: Int, words: String) async throws {
    let folder = try StoreFolder()
    try folder.write(text)
    do {
      _ = try await UserStore.open(folder.path, creating: true)
      Issue.record("it was taken for a store: \(text)")
    } catch {
      guard case .unreadable(let path, let found, let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(path == folder.path)
      #expect(found == line)
      #expect(reason.contains(words), "\(reason)")
      #expect(error.description.hasPrefix("\(folder.path):\(line): "))
      #expect(!error.description.contains(Self.hash1))
    }
    #expect(try folder.text() == text)
    #expect(folder.names == ["users.json"])
  }

  @Test func anAddressIsNoPath() async throws {
    for address in ["postgres://localhost/users", "sqlite:///x.db", "https+json://h/u"] {
      await #expect(throws: StoreError.unsupported(address: address)) {
        try await UserStore.open(address, creating: true)
      }
    }
  }

  @Test func anEmptyFileIsNoEmptyStore() async throws {
    let folder = try StoreFolder()
    try folder.write("")
    await #expect(throws: StoreError.self) { try await UserStore.open(folder.path, creating: true) }
    #expect(try folder.bytes().isEmpty)
  }

  @Test func aFileThatBreaksWhileAStoreIsOpenIsKeptAndTheLastStateServed() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let key = try await store.issueKey(for: "alice")
    try folder.write("{\"users\": {\n oops")
    await #expect(throws: StoreError.self) { try await store.loadAfterNow() }
    guard case .unreadable(_, let error) = store.health else {
      Issue.record("health is \(store.health)")
      return
    }
    #expect(error.description.contains("users.json:2: "))
    #expect(store.snapshot.accepts(key.secret))
    await #expect(throws: StoreError.self) { try await store.createUser("bob") }
    #expect(try folder.text() == "{\"users\": {\n oops")
    try folder.write("{\"users\": {}}")
    #expect(!(try await store.loadAfterNow().accepts(key.secret)))
    if case .unreadable = store.health { Issue.record("still unreadable") }
  }

  @Test func aFileThatIsGoneIsNotTakenForEmpty() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    #expect(unlink(folder.path) == 0)
    await #expect(throws: StoreError.missing(path: folder.path)) {
      try await store.createUser("bob")
    }
    await #expect(throws: StoreError.missing(path: folder.path)) { try await store.loadAfterNow() }
    #expect(!folder.names.contains("users.json"))
    #expect(store.user("alice") != nil)
  }

  @Test func whatIsWrittenIsWhatTheGuideDescribes() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    try await store.issueKey(for: "alice", named: "prod-key", ttl: .days(90))
    let file = try JSONValue.parse(try folder.bytes())
    let user = try #require(file["users"]?["alice"]?.objectValue)
    #expect(
      Set(user.members.map(\.key)) == [
        "user_id", "email", "description", "created_at", "enabled", "api_keys", "mcp_allowed",
        "mcp_blocked", "metadata",
      ])
    let hash = try #require(user["api_keys"]?.arrayValue?.first?.stringValue)
    let key = try #require(file["api_keys"]?[hash]?.objectValue)
    #expect(
      Set(key.members.map(\.key)) == [
        "user_id", "username", "key_name", "created_at", "expires_at", "revoked",
      ])
    let made = try #require(key["created_at"]?.stringValue)
    #expect(made.count == 26 && !made.hasSuffix("Z"))
    #expect(file["generation"]?.intValue == 2)
  }

  @Test func aNewStoreIsTheOwnersAlone() async throws {
    let folder = try StoreFolder()
    _ = try await folder.store()
    #expect(folder.status().st_mode & 0o7777 == 0o600)
  }

  @Test func modeIsKept() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store()
    chmod(folder.path, 0o640)
    try await store.createUser("alice")
    #expect(folder.status().st_mode & 0o7777 == 0o640)
  }

  @Test func aSymbolicLinkIsFollowedNotReplaced() async throws {
    let folder = try StoreFolder()
    _ = try await folder.store("alice")
    mkdir(folder.directory + "/etc", 0o700)
    let link = folder.directory + "/etc/users.json"
    #expect(symlink("../users.json", link) == 0)
    var probe = StoreChangeProbe(storePath: link)
    _ = probe.changed()
    let store = try await UserStore.open(link)
    try await store.createUser("bob")
    #expect(try await UserStore.open(folder.path).user("bob") != nil)
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    let isSeen = probe.changed()
    #expect(isSeen)
  }
}
