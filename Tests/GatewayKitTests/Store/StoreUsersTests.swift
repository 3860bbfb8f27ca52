import Testing

@testable import GatewayKit

@Suite("Users and their access in the store")
struct StoreUsersTests {
  @Test(
    "a new user's name is checked",
    arguments: [
      ("a", true), ("A9._-z", true), ("erp-user", true), (String(repeating: "a", count: 64), true),
      ("", false), ("-a", false), (".a", false), ("_a", false), ("a b", false), ("a/b", false),
      ("ä", false), ("a\n", false), (String(repeating: "a", count: 65), false), ("a\u{0}", false),
    ])
  func names(name: String, isValid: Bool) async throws {
    let folder = try StoreFolder()
    let store = try await folder.store()
    do {
      #expect(try await store.createUser(name).username == name)
      #expect(isValid)
    } catch {
      #expect(!isValid && error == .invalidUsername(name))
      #expect(error.httpStatus == 422)
    }
  }

  @Test func namesAreUniqueIgnoringCase() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    await #expect(throws: StoreError.userExists("alice")) { try await store.createUser("ALICE") }
    #expect(store.user("Alice") == nil, "look-ups tell case apart")
  }

  @Test func aUserIsMadeWithEverythingOpen() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store()
    let user = try await store.createUser(
      "alice", email: "alice@example.com", description: "Engineering team")
    #expect(user.isEnabled && user.allowed.isEmpty && user.blocked.isEmpty)
    #expect(user.email == "alice@example.com" && user.description == "Engineering team")
    #expect(user.id.count == 32)
    #expect(user.reaches("anything"))
  }

  @Test func aDeletedUsersKeysGoWithThemAndTheirNameIsFreeForAnother() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice", "bob")
    let old = try await store.issueKey(for: "alice")
    let other = try await store.issueKey(for: "bob")
    let id = store.user("alice")?.id
    try await store.deleteUser("alice")
    #expect(store.keys().map(\.username) == ["bob"])
    let new = try await store.createUser("alice")
    #expect(new.id != id)
    #expect(store.keys(of: "alice").isEmpty)
    let snapshot = try await UserStore.open(folder.path).snapshot
    #expect(!snapshot.accepts(old.secret))
    #expect(snapshot.accepts(other.secret))
    await #expect(throws: StoreError.userNotFound("carol")) { try await store.deleteUser("carol") }
  }

  @Test("users are removed from the file's beginning, middle and end", arguments: [0, 1, 2, 3])
  func removes(place: Int) async throws {
    let folder = try StoreFolder()
    let names = ["a", "b", "c", "d"]
    let store = try await folder.store("a", "b", "c", "d")
    for name in names { try await store.issueKey(for: name) }
    try await store.deleteUser(names[place])
    let left = names.filter { $0 != names[place] }
    for store in [store, try await UserStore.open(folder.path)] {
      #expect(store.users().map(\.username) == left)
      #expect(store.keys().map(\.username) == left)
    }
    for name in left { try await store.deleteUser(name) }
    let empty = try await UserStore.open(folder.path)
    #expect(empty.users().isEmpty && empty.keys().isEmpty)
    try await empty.createUser("e")
    #expect(try await UserStore.open(folder.path).users().map(\.username) == ["e"])
  }

  @Test func disablingStopsKeysAndTogglingBringsThemBack() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let key = try await store.issueKey(for: "alice")
    #expect(!(try await store.setEnabled(false, for: "alice")))
    guard case .disabled(let id, "alice") = store.snapshot.authenticate(key.secret) else {
      Issue.record("a disabled user's key is not refused as such")
      return
    }
    #expect(id == key.key.id)
    #expect(store.keys().first?.state() == .disabled)
    #expect(try await store.toggleEnabled("alice"))
    #expect(store.snapshot.accepts(key.secret))
  }

  @Test func editingKeepsWhatIsNotNamed() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    try await store.editUser(
      "alice", email: .set("a@b"), description: .set("d"), metadataJSON: #"{"cost": 1.50}"#)
    let user = try await store.editUser("alice", email: .clear)
    #expect(user.email == nil && user.description == "d")
    #expect(user.metadataJSON == #"{"cost":1.50}"#)
    await #expect(throws: StoreError.self) { try await store.editUser("alice", metadataJSON: "[]") }
    await #expect(throws: StoreError.self) { try await store.editUser("alice", metadataJSON: "{") }
    let deep = String(repeating: "{\"a\":", count: 120) + "1" + String(repeating: "}", count: 120)
    do {
      try await store.editUser("alice", metadataJSON: deep)
      Issue.record("a record was written that cannot be read")
    } catch {
      #expect(error.httpStatus == 422)
    }
    #expect(try await UserStore.open(folder.path).user("alice")?.description == "d")
  }

  @Test func onlyTheFieldThatIsChangedConflicts() async throws {
    let folder = try StoreFolder()
    let mine = try await folder.store("alice")
    let seen = try #require(mine.user("alice"))
    let theirs = try await UserStore.open(folder.path)
    try await theirs.editUser("alice", email: .set("new@example.com"))
    try await theirs.allow(["wave"], for: "alice")
    // Another field was changed: no conflict, and nothing of theirs is lost.
    let edited = try await mine.editUser("alice", description: .set("mine"), seen: seen)
    #expect(edited.email == "new@example.com" && edited.allowed == ["wave"])
    try await mine.setEnabled(false, for: "alice", seen: seen)
    await #expect(throws: StoreError.conflict(field: "email")) {
      try await mine.editUser("alice", email: .set("mine@example.com"), seen: seen)
    }
    await #expect(throws: StoreError.conflict(field: "enabled")) {
      try await mine.setEnabled(true, for: "alice", seen: seen)
    }
    await #expect(throws: StoreError.conflict(field: "mcp_allowed")) {
      try await mine.setAccess(for: "alice", allowed: ["erpnext"], blocked: [], seen: seen)
    }
    #expect(mine.user("alice")?.email == "new@example.com")
  }

  @Test func entriesAreAddedAndRemovedOneByOne() async throws {
    let folder = try StoreFolder()
    let one = try await folder.store("alice")
    let two = try await UserStore.open(folder.path)
    try await one.allow(["erpnext"], for: "alice")
    try await two.allow(["wave", "erpnext"], for: "alice")
    try await one.block(["wave/delete_*"], for: "alice")
    let user = try await two.clear(["erpnext"], for: "alice")
    #expect(user.allowed == ["wave"] && user.blocked == ["wave/delete_*"])
    try await two.setAccess(for: "alice", allowed: [], blocked: ["homeassistant"])
    _ = try await one.loadAfterNow()
    #expect(one.user("alice")?.blocked == ["homeassistant"])
    #expect(one.user("alice")?.allowed == [])
  }

  @Test("a bad entry is refused", arguments: ["", "/x", "x/", "a\u{7}b", "/"])
  func entries(entry: String) async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    do {
      try await store.setAccess(for: "alice", allowed: ["erpnext", entry], blocked: [])
      Issue.record("it was taken")
    } catch {
      #expect(error.code == "invalid_access_entry" && error.httpStatus == 422)
    }
    #expect(store.user("alice")?.allowed == [])
  }

  @Test func aWriteOfAnotherProcessIsInWhatIsWrittenNext() async throws {
    let folder = try StoreFolder()
    let one = try await folder.store("alice")
    let two = try await UserStore.open(folder.path)
    try await two.createUser("bob")
    try await one.createUser("carol")
    #expect(one.users().map(\.username) == ["alice", "bob", "carol"])
    await #expect(throws: StoreError.userExists("carol")) { try await two.createUser("carol") }
  }
}
