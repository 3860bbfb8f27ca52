import Foundation

@testable import AdminTUI
@testable import GatewayKit

/// A console in memory, over a store of 26 users: keys in, screens out.
struct Stage {
  private(set) var model = Model()
  private(set) var effects: [Effect] = []

  /// The time of the drawings.
  static let now = Timestamp(parsing: "2026-11-23T13:05:00Z")!

  static let directory = URL(filePath: #filePath).deletingLastPathComponent().path

  private static let roster = Task {
    let store = try await UserStore.open("\(directory)/users.json", audit: .off)
    return Roster(
      path: "/var/lib/gateway/users.json", generation: store.generation, users: store.users(),
      keys: store.keys())
  }

  static let backends: [BackendRow] = [
    "erpnext", "wave", "truenas", "homeassistant", "gitea", "calendar",
  ]
  .map { name in
    var row = BackendRow(name: name, state: name == "truenas" ? "down" : "up")
    row.since = now.advanced(by: .seconds(-1380))
    row.tools = name == "truenas" ? nil : 42
    row.latency = name == "truenas" ? nil : 38
    if name == "truenas" { row.lastError = "connect 10.0.4.9:8443: connection refused" }
    return row
  }

  static func ready(_ size: Size = Size(rows: 24, columns: 80), isASCII: Bool = false) async throws
    -> Stage
  {
    var stage = Stage()
    stage.model.host = "gw1.example.net"
    stage.model.isASCII = isASCII
    stage.send(.clock(now, zone: 3600))
    stage.send(.resize(size))
    stage.send(.gateway(.running(backends, sessions: 3)))
    stage.send(.store(.loaded(try await roster.value, changed: 0)))
    stage.send(.usage(usage(try await roster.value)))
    stage.send(
      .gateway(
        .ticks(
          backends: ["homeassistant": 203, "erpnext": 84, "gitea": 12],
          users: ["home-panel": 190, "erp-sync": 71, "d.okafor": 4])))
    stage.send(.audit(audit))
    return stage
  }

  /// Only the store, and backends that no gateway tells of; the clock is UTC.
  static func bare(_ size: Size) async throws -> Stage {
    var stage = Stage()
    stage.model.host = "gw1"
    stage.model.home = "/nonexistent"
    stage.send(.clock(now, zone: 0))
    stage.send(.resize(size))
    stage.send(.gateway(.running(backends.map { BackendRow(name: $0.name) }, sessions: 0)))
    stage.send(.gateway(.absent("not running: start it with gateway serve")))
    stage.send(.store(.loaded(try await roster.value, changed: 0)))
    return stage
  }

  /// Some keys were used, the more the earlier they come.
  private static func usage(_ roster: Roster) -> UsageNews {
    var news = UsageNews()
    var uses: [String: KeyUse] = [:]
    for (place, key) in roster.people.flatMap(\.keys).enumerated() where place % 3 != 2 {
      var use = KeyUse(id: key.id, user: key.username)
      use.lastUsed = now.advanced(by: .seconds(-Int64(place * place * 60 + 4)))
      use.address = "10.0.4.17"
      uses[key.id] = use
      news.callsOfKey[key.id] = 9000 / (place + 1)
    }
    news.uses = KeyUses(began: now.advanced(by: .seconds(-864_000)), byID: uses)
    news.byBackend = [
      UsageLine(name: "homeassistant", calls: 12_180, errors: 48, p50: 12, p99: 44),
      UsageLine(name: "erpnext", calls: 5040, errors: 5, p50: 38, p99: 120),
      UsageLine(name: "gitea", calls: 720, errors: 15, denials: 2, p50: 940, p99: 4200),
      UsageLine(name: "truenas", calls: 12, errors: 12),
    ]
    news.lines = [
      UsageLine(name: "home-panel", calls: 11_002, errors: 40),
      UsageLine(name: "erp-sync", calls: 4118), UsageLine(name: "d.okafor", calls: 240, errors: 1),
    ]
    news.graph = (0..<60).map { 206 + ($0 * 37) % 90 - ($0 / 20) * 40 }
    return news
  }

  static let audit: [AuditRow] = [
    #"{"seq":48210,"time":"2026-11-23T13:05:12Z","event":"key.revoked","user":"d.okafor","key_id":"77fe01929a0b","phase":"done","actor":{"uid":1001,"account":"marko","tty":"pts/2"}}"#,
    #"{"seq":48209,"time":"2026-11-23T13:04:55Z","event":"call.denied","user":"jenkins","backend":"erpnext","tool":"create_invoice","rule":"blocked: erpnext"}"#,
    #"{"seq":48208,"time":"2026-11-23T13:02:11Z","event":"backend.down","backend":"truenas","reason":"connect 10.0.4.9:8443: connection refused"}"#,
    #"{"seq":48207,"time":"2026-11-21T08:40:55Z","event":"key.revoked","user":"x-test","key_id":"1c2d3e4f5a6b","phase":"done","actor":{"uid":1001,"account":"marko"}}"#,
  ].map { try! AuditRow(JSONValue.parse($0.utf8), intent: nil) }

  mutating func send(_ message: Message) { effects += model.update(message) }

  /// Presses keys by their names, separated by spaces; a word in quotes is typed letter by letter.
  mutating func press(_ script: String) {
    for word in script.split(separator: " ") {
      if word.hasPrefix("'") {
        for character in word.dropFirst() { send(.key(.character(character))) }
      } else if word.hasPrefix("+"), let milliseconds = Int64(word.dropFirst()) {
        send(.clock(model.now.advanced(by: .milliseconds(milliseconds)), zone: model.zone))
      } else if let key = Key(named: String(word)) {
        send(.key(key))
      } else {
        fatalError("no such key: \(word)")
      }
    }
  }

  var screen: Screen { view(model) }

  /// The store after somebody else gave one user another address.
  func roster(changing name: String, email: String) -> Roster {
    let users = model.roster.people.map { person in
      let user = person.user
      guard user.username == name else { return user }
      return User(
        username: user.username, id: user.id, email: email, description: user.description,
        createdAt: user.createdAt, isEnabled: user.isEnabled, allowed: user.allowed,
        blocked: user.blocked + ["gitea"], metadata: user.metadata)
    }
    return Roster(
      path: model.roster.path, generation: 42, users: users,
      keys: model.roster.people.flatMap(\.keys))
  }
}
