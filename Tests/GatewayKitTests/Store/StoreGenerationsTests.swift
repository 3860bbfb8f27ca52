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
}
