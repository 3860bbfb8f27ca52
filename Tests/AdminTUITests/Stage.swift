import Foundation
import GatewayKit

@testable import AdminTUI

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
    stage.send(.store(.loaded(try await roster.value)))
    return stage
  }

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
}
