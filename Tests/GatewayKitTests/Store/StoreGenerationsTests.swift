import Foundation
import Testing

@testable import GatewayKit

@Suite("Kept generations, and going back to them")
struct StoreGenerationsTests {
  @Test func theLastFiveWritesAndOneADayAreKept() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("a", "b", "c", "d", "e", "f", "g")
    let kept = store.generations()
    #expect(kept.map(\.name) == ["1", "2", "3", "4", "5", Timestamp.now.isoDate])
    #expect(kept.prefix(5).map(\.users) == [6, 5, 4, 3, 2])
    #expect(kept.prefix(5).compactMap(\.generation) == [6, 5, 4, 3, 2])
    #expect(kept.last?.users == 0)
    #expect(folder.status(of: "users.json.3").st_mode & 0o7777 == 0o600)
  }

  @Test func sevenDaysAreKept() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store()
    for day in 1...9 { try folder.write("{}", to: "users.json.2026-01-0\(day)") }
    try folder.write("mine", to: "users.json.backup")
    try await store.createUser("a")
    let days = StoreFile(path: folder.path).keptDays()
    #expect(days.count == 7)
    #expect(days.first?.hasSuffix("2026-01-04") == true)
    #expect(try folder.text(of: "users.json.backup") == "mine")
  }

  @Test func aWriterKilledBetweenKeepingAndReplacingLosesNoGeneration() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("a", "b", "c", "d", "e", "f")
    let before = store.generations().map(\.users)
    // As many as it takes to push everything out, if each did.
    for _ in 0..<7 { try StoreFile(path: folder.path).keepGeneration() }
    #expect(store.generations().prefix(5).map(\.users) == [6] + before.prefix(4))
    // Killed between moving and linking: the gap is filled first.
    #expect(rename(folder.path + ".1", folder.directory + "/elsewhere") == 0)
    try await store.createUser("g")
    #expect(store.generations().prefix(5).map(\.users) == [6] + before.prefix(4))
  }

  @Test func goingBackKeepsRevokedAndRemovedKeysRevoked() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice", "bob")
    let revoked = try await store.issueKey(for: "alice", named: "revoked")
    let removed = try await store.issueKey(for: "bob", named: "removed")
    let rotated = try await store.issueKey(for: "alice", named: "rotated")
    let stays = try await store.issueKey(for: "alice", named: "stays")
    try await store.revokeKey(.secret(revoked.secret))
    try await store.deleteUser("bob")
    let successor = try await store.rotateKey(.secret(rotated.secret), grace: .zero)
    let difference = try store.difference(to: "3")
    #expect(difference.addedUsers == ["bob"])
    #expect(difference.removedUsers == [])
    #expect(difference.changedUsers == ["alice"])
    #expect(difference.removedKeys == [successor.key.id])
    #expect(difference.addedKeys == [removed.key.id])
    #expect(
      difference.revokedSince.sorted()
        == [revoked.key.id, removed.key.id, rotated.key.id].sorted())
    let replaced = try folder.bytes()
    try await store.restore("3", seen: difference)
    #expect(store.user("bob") != nil)
    for store in [store, try await UserStore.open(folder.path)] {
      let snapshot = store.snapshot
      #expect(!snapshot.accepts(revoked.secret))
      #expect(!snapshot.accepts(removed.secret))
      #expect(!snapshot.accepts(rotated.secret))
      #expect(snapshot.accepts(stays.secret))
    }
    #expect(try folder.bytes(of: "users.json.1") == replaced)
    #expect(store.generation == 10)
  }

  @Test func revivingBringsThemBack() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let key = try await store.issueKey(for: "alice")
    try await store.revokeKey(.secret(key.secret))
    try await store.restore("1", revive: true)
    #expect(store.snapshot.accepts(key.secret))
  }

  @Test func whatIsRestoredIsWhatWasShown() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice", "bob")
    let difference = try store.difference(to: "1")
    let other = try await UserStore.open(folder.path)
    try await other.createUser("carol")
    await #expect(throws: StoreError.conflict(field: "The store")) {
      try await store.restore("1", seen: difference)
    }
    #expect(other.user("carol") != nil)
  }

  @Test func aBrokenFileIsReplacedOnlyByRestoringAndIsKept() async throws {
    let folder = try StoreFolder()
    let made = try await folder.store("alice")
    let key = try await made.issueKey(for: "alice")
    try await made.revokeKey(.secret(key.secret))
    try await made.createUser("bob")
    try folder.write("{ broken")
    let (store, damage) = try await UserStore.openForRestore(folder.path)
    guard case .unreadable = damage else {
      Issue.record("\(String(describing: damage))")
      return
    }
    await #expect(throws: StoreError.self) { try await store.createUser("carol") }
    #expect(try folder.text() == "{ broken")
    try await store.restore("2")
    #expect(try folder.text(of: "users.json.1") == "{ broken")
    // What the latest kept generation says of the key still holds.
    #expect(!(try await UserStore.open(folder.path).snapshot.accepts(key.secret)))
  }

  @Test func aFileThatIsGoneIsBroughtBackWithItsMode() async throws {
    let folder = try StoreFolder()
    let made = try await folder.store("alice")
    chmod(folder.path, 0o640)
    try await made.createUser("bob")
    #expect(unlink(folder.path) == 0)
    let (store, damage) = try await UserStore.openForRestore(folder.path)
    #expect(damage == .missing(path: folder.path))
    try await store.restore("1")
    #expect(try await UserStore.open(folder.path).users().map(\.username) == ["alice"])
    #expect(folder.status().st_mode & 0o7777 == 0o640)
  }

  @Test("an unknown generation is not found", arguments: ["0", "6", "../users.json", "lock", ""])
  func unknown(name: String) async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    await #expect(throws: StoreError.generationNotFound(name)) { try await store.restore(name) }
    #expect(throws: StoreError.generationNotFound(name)) { try store.difference(to: name) }
  }

  @Test func aFileSystemWithoutLinksKeepsCopies() async throws {
    let folder = try StoreFolder()
    _ = try await folder.store("alice")
    var calls = FileCalls.system
    calls.link = { _, _ in
      errno = EPERM
      return -1
    }
    let store = try await UserStore.open(StoreFile(path: folder.path, calls: calls))
    try await store.createUser("bob")
    #expect(store.generations().first?.users == 1)
  }

  // MARK: What is shown and logged

  /// What the log says of the latest change.
  private func logged(_ folder: StoreFolder) throws -> [JSONValue] {
    let lines = try folder.text(of: "audit.jsonl").split(separator: "\n")
    let intent = try #require(lines.last { $0.contains("\"phase\":\"intent\"") })
    return try JSONValue.parse(Array(intent.utf8))["changes"]?.arrayValue ?? []
  }

  @Test func everyFieldThatChangesIsShownAndLogged() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice", "bob")
    let key = try await store.issueKey(for: "alice", named: "ci", ttl: .days(90))
    let revoked = try await store.issueKey(for: "alice", named: "gone")
    try await store.revokeKey(.secret(revoked.secret))
    // From here on five changes are five generations.
    try await store.extendKey(.secret(key.secret), ttl: .days(1))
    try await store.renameKey(.secret(key.secret), to: "ci-2")
    try await store.setEnabled(false, for: "bob")
    try await store.setAccess(for: "alice", allowed: ["wave"], blocked: [])
    let short = try #require(try store.key(.secret(key.secret)).expiresAt)
    let difference = try store.difference(to: "4")
    #expect(difference.changedUsers == ["alice", "bob"])
    #expect(difference.changedKeys == [key.key.id])
    #expect(difference.revokedSince == [])
    let long = try #require(key.key.expiresAt)
    #expect(
      difference.lines() == [
        "users that change: 2", "  alice: allowed wave → none", "  bob: enabled no → yes",
        "keys that change: 1",
        "  \(key.key.id) alice/ci-2: name ci-2 → ci, end \(short.iso.prefix(19))Z → \(long.iso.prefix(19))Z",
      ])
    try await store.restore("4", seen: difference)
    #expect(try logged(folder) == difference.changes)
    #expect(
      difference.changes.map { $0["of"]?.stringValue }
        == ["key \(key.key.id)", "user alice", "user bob"])
    #expect(difference.changes[2]["fields"] == ["enabled": [false, true]])
    #expect(try store.difference(to: "1").lines().contains("  bob: enabled yes → no"))
  }

  @Test func whatStaysAsItIsIsNotLoggedAndWhatIsRevivedIs() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let key = try await store.issueKey(for: "alice")
    try await store.revokeKey(.secret(key.secret))
    try await store.restore("1")
    #expect(try logged(folder) == [])
    try await store.restore("2", revive: true)
    let expected: JSONValue = [
      "of": .string("key \(key.key.id)"), "fields": ["revoked": [true, false]],
    ]
    #expect(try logged(folder) == [expected])
  }

  // MARK: A store that cannot be read

  /// The store of a file that was cut in the middle of what the change left.
  private func cut(
    _ folder: StoreFolder, _ audit: AuditSettings = AuditSettings(),
    _ change: (UserStore) async throws -> Void
  ) async throws -> UserStore {
    try await change(try await UserStore.open(folder.path, audit: audit))
    try #require(truncate(folder.path, 120) == 0)
    let (store, damage) = try await UserStore.openForRestore(folder.path, audit: audit)
    guard case .unreadable = damage else {
      Issue.record("\(String(describing: damage))")
      return store
    }
    return store
  }

  @Test("the last change was a revocation: the log knows", arguments: [false, true])
  func revocationsOutlastTheFile(revive: Bool) async throws {
    let folder = try StoreFolder()
    let made = try await folder.store("eve")
    let key = try await made.issueKey(for: "eve", named: "leaked")
    let store = try await cut(folder) { try await $0.revokeKey(.secret(key.secret)) }
    let difference = try store.difference(to: "1", revive: revive)
    #expect(difference.revokedSince == [key.key.id])
    let lines = difference.lines(revive: revive)
    #expect(lines[0].contains("cannot be read") && lines[0].contains("generation 1"), "\(lines)")
    #expect(lines[1].contains("key.revoked  eve  \(key.key.id)"), "\(lines)")
    #expect(lines.last == "  \(key.key.id) eve/leaked", "\(lines)")
    try await store.restore("1", revive: revive, seen: difference)
    let restored = try await UserStore.open(folder.path)
    #expect(restored.snapshot.accepts(key.secret) == revive)
    #expect(restored.generation == 4)
  }

  @Test func whatElseWasChangedLastIsShownAsUndone() async throws {
    for (change, line) in [
      ("disable", "  bob: enabled no → yes"), ("block", "  bob: blocked wave → none"),
      ("create", "  carol"), ("delete", "  bob"), ("issue", "keys that go: 1"),
    ] {
      let folder = try StoreFolder()
      let made = try await folder.store("alice", "bob")
      let key = try await made.issueKey(for: "bob")
      let store = try await cut(folder) { store in
        switch change {
        case "disable": try await store.setEnabled(false, for: "bob")
        case "block": try await store.setAccess(for: "bob", allowed: [], blocked: ["wave"])
        case "create": try await store.createUser("carol")
        case "issue": try await store.issueKey(for: "alice")
        default: try await store.deleteUser("bob")
        }
      }
      let difference = try store.difference(to: "1")
      #expect(difference.lines().contains(line), "\(change): \(difference.lines())")
      try await store.restore("1", seen: difference)
      let restored = try await UserStore.open(folder.path)
      #expect(restored.users().map(\.username) == ["alice", "bob"])
      // A key that went with its user was removed, as one of a file that can be read.
      #expect(restored.snapshot.accepts(key.secret) == (change != "delete"))
    }
  }

  @Test func withoutALogNobodySaysThatItIsTheSame() async throws {
    let folder = try StoreFolder()
    let made = try await UserStore.open(folder.path, creating: true, audit: .off)
    try await made.createUser("alice")
    let key = try await made.issueKey(for: "alice")
    let store = try await cut(folder, .off) { try await $0.revokeKey(.secret(key.secret)) }
    let lines = try store.difference(to: "1").lines()
    #expect(lines[0].contains("There is no audit log"), "\(lines)")
    #expect(lines.last == "Against that nothing changes.")
    // The last change was made without the log.
    let (logged, _) = try await UserStore.openForRestore(folder.path)
    try folder.write("", to: "audit.jsonl")
    #expect(try logged.difference(to: "1").lines()[0].contains("There is no audit log"))
    let (silent, _) = try await UserStore.openForRestore(folder.path)
    #expect(try silent.difference(to: "1").lines()[0].contains("tells of no change after that"))
  }

  @Test func aChangeThatTheLogLacksIsSaidToBeLacking() async throws {
    let folder = try StoreFolder()
    _ = try await folder.store("alice")
    try await UserStore.open(folder.path, audit: .off).createUser("bob")
    let store = try await cut(folder) { try await $0.createUser("carol") }
    // 1 has what the log lacks; 2, if 1 is broken too, has not.
    #expect(try !store.difference(to: "1").lines().contains { $0.hasPrefix("It does not tell") })
    try folder.write("{ broken", to: "users.json.1")
    let (older, _) = try await UserStore.openForRestore(folder.path)
    let lines = try older.difference(to: "2").lines()
    #expect(lines.contains { $0.hasPrefix("It does not tell of every change") }, "\(lines)")
  }
}
