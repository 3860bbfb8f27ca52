import Testing

@testable import GatewayKit

@Suite("The snapshot that requests are authenticated with")
struct AuthSnapshotTests {
  @Test func everyKeyOfManyIsFoundAndNoOther() async throws {
    let count = 20_000
    var users = ""
    var keys = ""
    for number in 0..<count {
      let comma = number == 0 ? "" : ","
      users += "\(comma)\"u\(number)\":{\"user_id\":\"i\(number)\"}"
      let hash = SHA256Digest(hashing: "k\(number)").hex
      keys += "\(comma)\"\(hash)\":{\"user_id\":\"i\(number % 1000)\"}"
    }
    let document = try StoreDocument(
      reading: Array("{\"users\":{\(users)},\"api_keys\":{\(keys)}}".utf8))
    let snapshot = AuthSnapshot(document, sequence: 1, expiries: SeenExpiries())
    #expect(snapshot.keyCount == count)
    for number in 0..<count {
      guard case .valid(let caller) = snapshot.authenticate("k\(number)") else {
        Issue.record("k\(number) is not found")
        return
      }
      #expect(caller.username == "u\(number % 1000)")
      if number < 2000 { #expect(!snapshot.accepts("k\(number)x")) }
    }
  }

  @Test func digestsThatShareTheirFirstWordAreToldApart() throws {
    let one = SHA256Digest(a: 1, b: 2, c: 3, d: 4)
    let two = SHA256Digest(a: 1, b: 2, c: 3, d: 5)
    let document = try StoreDocument(
      reading: Array(
        #"{"users":{"a":{"user_id":"1"}},"api_keys":{"\#(one.hex)":{"user_id":"1","revoked":true},"\#(two.hex)":{"user_id":"1"}}}"#
          .utf8))
    let snapshot = AuthSnapshot(document, sequence: 1, expiries: SeenExpiries())
    guard case .revoked = snapshot.authenticate(one, now: 0),
      case .valid = snapshot.authenticate(two, now: 0),
      case .unknown = snapshot.authenticate(SHA256Digest(a: 1, b: 2, c: 3, d: 6), now: 0)
    else {
      Issue.record("mixed up")
      return
    }
  }

  @Test func listsAreEachUsersOwn() throws {
    let text = #"""
      {"users": {
        "open": {"user_id": "1", "mcp_allowed": [ ], "mcp_blocked": []},
        "narrow": {"user_id": "2", "mcp_allowed": ["erpnext"]},
        "same": {"user_id": "3", "mcp_allowed": ["erpnext"]},
        "blocked": {"user_id": "4", "mcp_allowed": ["erpnext"], "mcp_blocked": ["erpnext"]},
        "off": {"user_id": "5", "enabled": false}},
       "api_keys": {
        "\#(SHA256Digest(hashing: "open").hex)": {"user_id": "1"},
        "\#(SHA256Digest(hashing: "narrow").hex)": {"user_id": "2"},
        "\#(SHA256Digest(hashing: "same").hex)": {"user_id": "3"},
        "\#(SHA256Digest(hashing: "blocked").hex)": {"user_id": "4"},
        "\#(SHA256Digest(hashing: "off").hex)": {"user_id": "5"}}}
      """#
    let document = try StoreDocument(reading: Array(text.utf8))
    let snapshot = AuthSnapshot(document, sequence: 1, expiries: SeenExpiries())
    func reaches(_ secret: String, _ backend: String) -> Bool? {
      guard case .valid(let caller) = snapshot.authenticate(secret) else { return nil }
      return caller.rules.reaches(BackendID(backend))
    }
    #expect(reaches("open", "wave") == true)
    #expect(reaches("narrow", "erpnext") == true && reaches("narrow", "wave") == false)
    #expect(reaches("same", "erpnext") == true && reaches("same", "wave") == false)
    #expect(reaches("blocked", "erpnext") == false)
    #expect(reaches("off", "erpnext") == nil)
  }

  @Test func aLaterStateHasALaterSequence() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("alice")
    let first = store.snapshot.sequence
    #expect(store.snapshot.sequence == first)
    try await store.createUser("bob")
    #expect(store.snapshot.sequence > first)
    let again = try await store.loadAfterNow().sequence
    #expect(again >= store.snapshot.sequence)
  }
}
