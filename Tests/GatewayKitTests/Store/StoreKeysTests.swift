import Testing

@testable import GatewayKit

@Suite("Keys")
struct StoreKeysTests {
  @Test func aKeyIsSpelledSoThatItIsKnownOffline() {
    var seen: Set<String> = []
    for _ in 0..<200 {
      let key = KeyText.make()
      #expect(key.utf8.count == 52 && key.hasPrefix("mcpgw_"))
      #expect(KeyForm(of: key) == .wellFormed)
      #expect(seen.insert(key).inserted)
      var wrong = Array(key.utf8)
      wrong[20] = wrong[20] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
      #expect(KeyForm(of: String(decoding: wrong, as: UTF8.self)) == .badChecksum)
      #expect(KeyForm(of: String(key.dropLast())) == .malformed)
    }
    #expect(KeyForm(of: "secret") == .other)
  }

  @Test func theChecksumIsTheCRC32ThatEverybodyKnows() {
    #expect(CRC32.checksum(of: "123456789".utf8) == 0xCBF4_3926)
    #expect(KeyText.checksum(of: []) == Array("000000".utf8))
  }

  @Test func onlyTheHashIsStored() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let issued = try await store.issueKey(for: "alice", named: "prod", ttl: .days(90))
    let text = try folder.text()
    #expect(!text.contains(issued.secret))
    #expect(!text.contains(issued.secret.dropFirst(6)))
    let digest = SHA256Digest(hashing: issued.secret)
    #expect(text.contains(digest.hex))
    #expect(issued.key.id == digest.hex.prefix(12))
    let life = issued.key.createdAt.duration(to: try #require(issued.key.expiresAt))
    #expect(life == .seconds(90 * 86_400))
    for name in folder.names {
      #expect(!(try folder.text(of: name)).contains(issued.secret), "\(name)")
    }
  }

  @Test func theHashPresentedAsTheKeyIsRefused() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let issued = try await store.issueKey(for: "alice")
    let hex = SHA256Digest(hashing: issued.secret).hex
    for text in [hex, hex.uppercased(), "mcpgw_" + hex, issued.key.id, "", issued.secret + " "] {
      #expect(!store.snapshot.accepts(text), "\(text) passes")
      await #expect(throws: StoreError.keyNotFound) { try await store.revokeKey(.secret(text)) }
    }
    #expect(store.snapshot.accepts(issued.secret))
  }

  @Test func anyBearerWhoseHashIsThereWorks() async throws {
    let folder = try StoreFolder()
    let digest = SHA256Digest(hashing: "an old key")
    try folder.write(
      #"{"users": {"a": {"user_id": "1"}}, "api_keys": {"\#(digest.hex)": {"user_id": "1"}}}"#)
    let store = try await UserStore.open(folder.path)
    #expect(store.snapshot.accepts("an old key"))
  }

  @Test func aKeyIsValidUntilItsLastMicrosecond() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let issued = try await store.issueKey(for: "alice", ttl: .days(1))
    let end = try #require(issued.key.expiresAt)
    let last = Timestamp(microseconds: end.microseconds - 1)
    #expect(store.snapshot.accepts(issued.secret, at: last))
    #expect(issued.key.state(at: last) == .valid && issued.key.state(at: end) == .expired)
    guard
      case .expired(issued.key.id, "alice") = store.snapshot.authenticate(issued.secret, at: end)
    else {
      Issue.record("it did not expire")
      return
    }
    // The clock is set back: this process has seen it expire.
    #expect(!store.snapshot.accepts(issued.secret, at: last))
    try await store.createUser("bob")
    #expect(!store.snapshot.accepts(issued.secret, at: last), "a new snapshot revived it")
    // An operator who extends it means it.
    try await store.extendKey(.secret(issued.secret), ttl: .days(5))
    #expect(store.snapshot.accepts(issued.secret, at: end))
  }

  @Test func revokingIsForGoodAndTwiceIsNoError() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let issued = try await store.issueKey(for: "alice", named: "k")
    #expect(try await store.revokeKey(.id(issued.key.id)).isRevoked)
    #expect(try await store.revokeKey(.secret(issued.secret)).isRevoked)
    guard case .revoked = store.snapshot.authenticate(issued.secret) else {
      Issue.record("it still passes")
      return
    }
    await #expect(throws: StoreError.keyRevoked(id: issued.key.id)) {
      try await store.extendKey(.id(issued.key.id), ttl: nil)
    }
    for selector in [KeySelector.id("0123456789ab"), .id("x"), .id(""), .secret("nope")] {
      await #expect(throws: StoreError.keyNotFound) { try await store.revokeKey(selector) }
    }
  }

  @Test func namesAreUniqueAmongLiveKeysAndDefaultToNumbers() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice", "bob")
    #expect(try await store.issueKey(for: "alice").key.name == "key-1")
    #expect(try await store.issueKey(for: "alice").key.name == "key-2")
    #expect(try await store.issueKey(for: "bob").key.name == "key-1")
    await #expect(throws: StoreError.keyNameTaken("key-1")) {
      try await store.issueKey(for: "alice", named: "key-1")
    }
    try await store.revokeKey(.named(user: "alice", name: "key-1"))
    let second = try await store.issueKey(for: "alice", named: "key-1")
    #expect(try store.key(.named(user: "alice", name: "key-1")).id == second.key.id)
    await #expect(throws: StoreError.keyNameTaken("key-2")) {
      try await store.renameKey(.id(second.key.id), to: "key-2")
    }
    #expect(try await store.renameKey(.id(second.key.id), to: "laptop").name == "laptop")
    await #expect(throws: StoreError.invalidKeyName("a\nb")) {
      try await store.renameKey(.id(second.key.id), to: "a\nb")
    }
  }

  @Test func anExpiredKeyIsNotExtendedIntoANameThatIsTaken() async throws {
    let folder = try StoreFolder()
    let digest = SHA256Digest(hashing: "old")
    try folder.write(
      #"{"users": {"a": {"user_id": "1"}}, "api_keys": {"\#(digest.hex)": {"user_id": "1", "key_name": "k", "expires_at": "2020-01-01T00:00:00"}}}"#
    )
    let store = try await UserStore.open(folder.path)
    try await store.issueKey(for: "a", named: "k")
    await #expect(throws: StoreError.keyNameTaken("k")) {
      try await store.extendKey(.secret("old"), ttl: .days(1))
    }
  }

  @Test("a lifetime is 1 to 3650 days", arguments: [0, -1, 3651, Int.max, Int.min])
  func lifetimes(days: Int) async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    await #expect(throws: StoreError.invalidLifetime(days)) {
      try await store.issueKey(for: "alice", ttl: .days(days))
    }
    #expect(store.keys().isEmpty)
  }

  @Test func anAmbiguousIDOfALoadedFileIsAConflict() async throws {
    let folder = try StoreFolder()
    let one = String(repeating: "ab", count: 32)
    let two = String(repeating: "ab", count: 31) + "cd"
    try folder.write(
      #"{"users": {"a": {"user_id": "1"}}, "api_keys": {"\#(one)": {"user_id": "1", "key_name": "k"}, "\#(two)": {"user_id": "1", "key_name": "k"}}}"#
    )
    let store = try await UserStore.open(folder.path)
    await #expect(throws: StoreError.keyAmbiguous(id: "abababababab")) {
      try await store.revokeKey(.id("abababababab"))
    }
    await #expect(throws: StoreError.keyAmbiguous(id: "a/k")) {
      try await store.revokeKey(.named(user: "a", name: "k"))
    }
    #expect(StoreError.keyAmbiguous(id: "x").httpStatus == 409)
    let report = store.check()
    #expect(report.findings.contains { $0.contains("have the id abababababab") })
    #expect(!report.findings.contains { $0.contains(one) })
  }

  @Test func aKeyBelongsToTheUserWhoseIDItNames() async throws {
    let folder = try StoreFolder()
    let digest = SHA256Digest(hashing: "k")
    try folder.write(
      #"{"users": {"a": {"user_id": "1"}, "b": {"user_id": "2"}}, "api_keys": {"\#(digest.hex)": {"user_id": "2", "username": "a"}}}"#
    )
    let store = try await UserStore.open(folder.path)
    #expect(store.keys().first?.username == "b")
    guard case .valid(let caller) = store.snapshot.authenticate("k") else {
      Issue.record("it does not work")
      return
    }
    #expect(caller.username == "b" && caller.principal == .user(id: "2"))
    #expect(store.check().findings.count == 2)
  }

  // MARK: Rotation

  @Test func rotationMakesASuccessorAndLetsTheOldKeyLiveForTheGrace() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    try await store.allow(["erpnext"], for: "alice")
    let old = try await store.issueKey(for: "alice", named: "prod", ttl: .days(90))
    let new = try await store.rotateKey(.id(old.key.id), grace: .seconds(3600))
    #expect(new.key.rotatedFrom == old.key.id)
    #expect(new.key.name == "prod-2")
    #expect(
      new.key.createdAt.duration(to: try #require(new.key.expiresAt)) == .seconds(90 * 86_400))
    let snapshot = store.snapshot
    let now = Timestamp.now
    #expect(snapshot.accepts(old.secret, at: now) && snapshot.accepts(new.secret, at: now))
    let later = now.advanced(by: .seconds(3601))
    #expect(!snapshot.accepts(old.secret, at: later) && snapshot.accepts(new.secret, at: later))
    await #expect(throws: StoreError.self) { try await store.rotateKey(.id(old.key.id)) }
    let third = try await store.rotateKey(.id(new.key.id), ttl: .days(7))
    #expect(third.key.name == "prod-3")
  }

  @Test func theGraceIsNeverLongerThanTheKeyHad() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let old = try await store.issueKey(for: "alice", ttl: .days(1))
    try await store.rotateKey(.id(old.key.id), grace: .seconds(100 * 86_400))
    #expect(try store.key(.id(old.key.id)).expiresAt == old.key.expiresAt)
    let forever = try await store.issueKey(for: "alice", named: "x")
    let next = try await store.rotateKey(.id(forever.key.id), grace: .zero)
    #expect(next.key.expiresAt == nil)
    #expect(!store.snapshot.accepts(forever.secret))
    await #expect(throws: StoreError.self) {
      try await store.rotateKey(.id(next.key.id), grace: .seconds(-1))
    }
  }

  @Test func deadKeysAreNotRotatedAndARevokedSuccessorDoesNotCount() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let old = try await store.issueKey(for: "alice")
    let new = try await store.rotateKey(.id(old.key.id))
    try await store.revokeKey(.id(new.key.id))
    do {
      _ = try await store.rotateKey(.id(new.key.id))
      Issue.record("a revoked key was rotated")
    } catch {
      #expect(error.code == "key_not_rotatable" && error.httpStatus == 409)
    }
    #expect(try await store.rotateKey(.id(old.key.id)).key.rotatedFrom == old.key.id)
  }

  @Test func aLifeBeyondTheYear9999IsStillReadable() async throws {
    let folder = try StoreFolder()
    let digest = SHA256Digest(hashing: "k")
    try folder.write(
      #"{"users": {"a": {"user_id": "1"}}, "api_keys": {"\#(digest.hex)": {"user_id": "1", "created_at": "1971-01-01T00:00:00", "expires_at": "9999-12-31T23:59:59"}}}"#
    )
    let store = try await UserStore.open(folder.path)
    let new = try await store.rotateKey(.secret("k"))
    let again = try await UserStore.open(folder.path)
    #expect(again.snapshot.accepts(new.secret))
    #expect(try again.key(.id(new.key.id)).expiresAt?.storeText == "9999-12-31T23:59:59.999999")
  }
}
