import Foundation
import Testing

@testable import GatewayKit

@Suite("Changes of the store in the audit log")
struct StoreJournalTests {
  let audit: AuditFolder

  init() throws { audit = try AuditFolder() }

  private func store(_ change: (inout AuditSettings) -> Void = { _ in }) async throws -> UserStore {
    var settings = audit.settings
    change(&settings)
    return try await UserStore.open(audit.folder.path, creating: true, audit: settings)
  }

  /// What was announced, without how it ended.
  private func intents() throws -> [JSONValue] {
    try audit.events().filter { $0["phase"] == "intent" }
  }

  @Test("every change is announced with what it does, and then done, and no key or hash is in it")
  func tellsEveryChange() async throws {
    let store = try await store()
    try await store.createUser("alice", email: "a@example.com")
    try await store.editUser("alice", description: .set("Engineering"))
    let issued = try await store.issueKey(for: "alice", named: "ci", ttl: .days(90))
    try await store.setAccess(for: "alice", allowed: ["erpnext"], blocked: [])
    try await store.setEnabled(false, for: "alice")
    try await store.toggleEnabled("alice")
    let key = KeySelector.id(issued.key.id)
    try await store.renameKey(key, to: "ci-new")
    let successor = try await store.rotateKey(key)
    try await store.revokeKey(key)
    try await store.restore("2")
    try await store.deleteUser("alice")
    let expected: [AuditEvent] = [
      .userCreated, .userChanged, .keyCreated, .accessChanged, .userDisabled, .userEnabled,
      .keyChanged, .keyRotated, .keyRevoked, .storeRestored, .userDeleted,
    ]
    let intents = try intents()
    #expect(intents.map { $0["event"]?.stringValue } == expected.map(\.rawValue))
    let done = try audit.events().filter { $0["phase"] == "done" }
    #expect(done.map { $0["intent"] } == intents.map { $0["seq"] })
    #expect(intents.allSatisfy { $0["user"] == "alice" || $0["event"] == "store.restored" })
    #expect(
      intents[1]["changes"]?.text
        == #"[{"of":"user alice","fields":{"description":[null,"Engineering"]}}]"#)
    #expect(
      intents[4]["changes"]?.text == #"[{"of":"user alice","fields":{"enabled":[true,false]}}]"#)
    #expect(intents[8]["key_id"] == .string(issued.key.id))
    #expect(intents[9]["from"] == "2")
    let text = try audit.folder.text(of: "audit.jsonl")
    for secret in [issued.secret, successor.secret] {
      #expect(!text.contains(secret))
      #expect(!text.contains(SHA256Digest(hashing: secret).hex))
    }
    #expect(text.contains(issued.key.id) && text.contains(successor.key.id))
    #expect(try audit.verify().isSound)
  }

  @Test("who made a change is in it: this process, the admin key, or a user at the socket")
  func namesActors() async throws {
    let store = try await store()
    try await store.createUser("a")
    for (name, actor) in [
      ("b", AuditActor.adminKey(from: "10.0.0.7", request: "0123456789ab")),
      ("c", .socket(uid: 7, request: "ba9876543210")),
    ] {
      try await AuditActor.$current.withValue(actor) { _ = try await store.createUser(name) }
    }
    let actors = try intents().map { $0["actor"] }
    #expect(actors[0]?["by"] == "process" && actors[0]?["pid"]?.intValue == Int(getpid()))
    #expect(actors[0]?["uid"]?.intValue == Int(geteuid()) && actors[0]?["program"] != nil)
    #expect(actors[1] == ["by": "admin-key", "from": "10.0.0.7", "request": "0123456789ab"])
    #expect(actors[2] == ["by": "socket", "uid": 7, "request": "ba9876543210"])
  }

  @Test("what changes nothing, and what is refused, is not announced")
  func staysSilent() async throws {
    let store = try await store()
    try await store.createUser("alice")
    let before = try audit.events().count
    try await store.setEnabled(true, for: "alice")
    await #expect(throws: StoreError.self) { try await store.createUser("ALICE") }
    await #expect(throws: StoreError.self) { try await store.revokeKey(.id("ffffffffffff")) }
    #expect(try audit.events().count == before)
  }

  @Test(
    "a change that nobody settled is settled by the store's generation", arguments: [true, false])
  func settlesLeftovers(isWritten: Bool) async throws {
    let store = try await store()
    try await store.createUser("alice")
    // A writer that ends between announcing and saying how it went.
    let journal = StoreJournal(storePath: audit.folder.path, settings: audit.settings)
    var document = store.document
    document.beginChange()
    document.setGeneration(document.generation + 1)
    let intent = try #require(
      try journal.announce(
        .userDeleted, by: .adminKey(from: "10.0.0.7", request: "0"), document, from: 1, []))
    if isWritten { try audit.folder.write(String(decoding: document.bytes, as: UTF8.self)) }
    let later = try await self.store()
    try await later.settleAudit()
    let settled = try #require(try audit.events().last)
    #expect(settled["event"] == "store.change_settled")
    #expect(settled["intent"] == .number(String(intent.sequence)))
    #expect(settled["phase"] == (isWritten ? "done" : "failed"))
    let count = try audit.events().count
    try await later.settleAudit()
    #expect(try audit.events().count == count)
    #expect(try audit.verify().isSound)
  }

  @Test("a program that keeps no log is told by the generation that it left")
  func tellsOfOthers() async throws {
    let store = try await store()
    try await store.createUser("alice")
    try await UserStore.open(audit.folder.path, audit: .off).createUser("by-another")
    try await store.createUser("bob")
    let events = try audit.events()
    let elsewhere = try #require(events.first { $0["event"] == "store.changed_elsewhere" })
    #expect(elsewhere["known_generation"] == 1 && elsewhere["generation"] == 2)
    #expect(events.filter { $0["event"] == "store.changed_elsewhere" }.count == 1)
  }

  @Test("without a log that can be written changes go on, and the log says how many it lacks")
  func countsWhatIsLost() async throws {
    let store = try await store()
    try await store.createUser("alice")
    // No file can be appended to where a directory stands.
    try FileManager.default.moveItem(atPath: audit.path, toPath: audit.path + ".kept")
    mkdir(audit.path, 0o700)
    try await store.createUser("bob")
    #expect(store.user("bob") != nil)
    #expect(store.journal?.failure?.contains("audit.jsonl cannot be written") == true)
    rmdir(audit.path)
    try FileManager.default.moveItem(atPath: audit.path + ".kept", toPath: audit.path)
    try await store.createUser("carol")
    #expect(store.journal?.failure == nil)
    let lost = try #require(try audit.events().first { $0["event"] == "audit.lost" })
    #expect(lost["events"]?.intValue == 1)
    #expect(try audit.events().contains { $0["event"] == "store.changed_elsewhere" })
    #expect(try audit.verify().isSound)
  }

  @Test("where everything has to be logged, nothing is changed that cannot be")
  func refusesUnlogged() async throws {
    let store = try await store { $0.isRequired = true }
    try await store.createUser("alice")
    try FileManager.default.moveItem(atPath: audit.path, toPath: audit.path + ".kept")
    mkdir(audit.path, 0o700)
    let error = await #expect(throws: StoreError.self) { try await store.createUser("bob") }
    #expect(error?.code == "audit_unwritable" && error?.httpStatus == 503)
    #expect(error?.description.contains("audit.jsonl") == true)
    #expect(store.user("bob") == nil && store.generation == 1)
  }

  @Test("writers that are killed leave a log that verifies, and of which every change is settled")
  func outlastsKills() async throws {
    _ = try await store()
    for round in 0..<8 {
      let child = try StoreChild(
        [
          "write-logged", audit.folder.path, "r\(round)", "1000000",
          audit.folder.directory + "/done",
        ])
      let deadline = ContinuousClock.now + .seconds(30)
      while try audit.events().filter({ $0["user"]?.stringValue?.hasPrefix("r\(round)-") == true })
        .isEmpty, ContinuousClock.now < deadline
      {
        usleep(2000)
      }
      usleep(UInt32.random(in: 0...5000))
      child.kill()
      _ = try await child.exitCode()
    }
    let store = try await store()
    try await store.settleAudit()
    #expect(try audit.verify().findings == [])
    let events = try audit.events()
    let announced = events.filter { $0["phase"] == "intent" }.compactMap { $0["seq"]?.intValue }
    let settled = events.compactMap { $0["intent"]?.intValue }
    #expect(announced == settled)
    let done = Set(
      events.filter { $0["phase"] == "done" && $0["event"] == "user.created" }.compactMap {
        $0["user"]?.stringValue
      })
    let users = Set(store.users().map(\.username))
    #expect(done.isSubset(of: users))
  }
}
