import Foundation
import Testing

@testable import AdminTUI
@testable import GatewayKit

/// What each screen looks like, kept as text: characters, then roles. `RECORD=1` writes them anew.
@Suite("Golden screens") struct GoldenTests {
  struct Scene: Sendable, CustomTestStringConvertible {
    let name: String
    let keys: String
    var testDescription: String { name }
  }

  /// Keys that lead to each; `Tests/Console` presses the same ones on real terminals.
  static let scenes: [Scene] = {
    let text = try! Data(contentsOf: URL(filePath: "\(Stage.directory)/scenes.json"))
    let scenes = try! JSONDecoder().decode([String: String].self, from: text)
    return scenes.sorted { $0.key < $1.key }.map { Scene(name: $0.key, keys: $0.value) }
  }()

  static let sizes = [
    Size(rows: 24, columns: 80), Size(rows: 40, columns: 140), Size(rows: 15, columns: 60),
    Size(rows: 14, columns: 59),
  ]

  /// What does not come by keys alone.
  static let happenings: [(name: String, happen: @Sendable (inout Stage) -> Void)] = [
    (
      "empty",
      {
        $0.send(
          .store(
            .loaded(
              Roster(path: "/var/lib/gateway/users.json", generation: 0, users: [], keys: []),
              changed: 0)))
        // Until it is not said any more that somebody else removed them.
        $0.press("+7000")
      }
    ),
    (
      "corrupt",
      { stage in
        stage.send(
          .store(
            .unreadable(
              .unreadable(
                path: "/var/lib/gateway/users.json", line: 812,
                reason: "expected \",\" or \"}\", found the end of the file"))))
        stage.send(
          .store(
            .generations([
              StoreGeneration(
                name: "1", path: "/var/lib/gateway/users.json.1", generation: 41, users: 26,
                keys: 31, writtenAt: Stage.now.advanced(by: .seconds(-420)))
            ])))
      }
    ),
    (
      "read-only",
      { stage in
        stage.send(
          .store(
            .readOnly(
              "Read-only: /var/lib/gateway/users.json belongs to another user; run: sudo -u gateway gateway-admin"
            )))
        stage.press("x")
      }
    ),
    (
      "locked",
      { stage in
        stage.press("j j j x")
        stage.send(.clock(Stage.now.advanced(by: .seconds(12)), zone: 3600))
        stage.send(
          .changed(
            1,
            .failed(
              .locked(owner: "gateway (pid 4121 on gw1, since 2026-11-23T13:05:00Z)"), made: 0)))
      }
    ),
    (
      "saving",
      { stage in
        stage.press("j j j x")
        stage.send(.clock(Stage.now.advanced(by: .seconds(2)), zone: 3600))
      }
    ),
    (
      "conflict",
      { stage in
        stage.press("j j j e Ctrl-U 'dayo@example.org Ctrl-S")
        stage.send(
          .store(
            .loaded(stage.roster(changing: "d.okafor", email: "okafor@example.net"), changed: 1)))
        stage.send(.changed(1, .failed(.conflict(field: "email"), made: 0)))
      }
    ),
    (
      "changed-elsewhere",
      { stage in
        stage.send(.store(.loaded(stage.model.roster, changed: 2)))
      }
    ),
    (
      "reveal",
      { stage in
        stage.press("j j j N Ctrl-S")
        let key = stage.model.roster.person(named: "d.okafor")!.keys[0]
        stage.send(
          .changed(1, .issued(Secret("gw_9fK2vQ7xT4mLr8sWc1bZ6nHy3dJp5aEu0gXiOtBvN2q00000"), key)))
        stage.send(.copied(.sent(via: "through tmux", count: 52)))
      }
    ),
    (
      "reveal-closing",
      { stage in
        stage.press("j j j N Ctrl-S")
        let key = stage.model.roster.person(named: "d.okafor")!.keys[0]
        stage.send(
          .changed(1, .issued(Secret("gw_9fK2vQ7xT4mLr8sWc1bZ6nHy3dJp5aEu0gXiOtBvN2q00000"), key)))
        stage.press("m Enter")
      }
    ),
    (
      "no-gateway",
      { stage in
        stage.press("4")
        stage.send(
          .gateway(.running(Stage.backends.map { BackendRow(name: $0.name) }, sessions: 0)))
        stage.send(.gateway(.absent("not running: start it with gateway serve")))
      }
    ),
    (
      "unconfirmed",
      { stage in
        stage.send(
          .unconfirmed([
            UnconfirmedKey(
              id: "77fe01929a0b", name: "laptop", username: "d.okafor", shownAt: Stage.now)
          ]))
      }
    ),
  ]

  @Test(arguments: happenings.map(\.name))
  func looksAsKept(when name: String) async throws {
    let happen = try #require(Self.happenings.first { $0.name == name }).happen
    for size in Self.sizes {
      for isASCII in [false, true] {
        var stage = try await Stage.ready(size, isASCII: isASCII)
        happen(&stage)
        try Self.compare(stage.screen, with: name, size, isASCII)
      }
    }
  }

  @Test(arguments: scenes)
  func looksAsKept(_ scene: Scene) async throws {
    for size in Self.sizes {
      for isASCII in [false, true] {
        var stage = try await Stage.ready(size, isASCII: isASCII)
        stage.press(scene.keys)
        try Self.compare(stage.screen, with: scene.name, size, isASCII)
      }
    }
  }

  @Test(
    "each scene over the store alone, which real terminals are compared with", arguments: scenes)
  func looksAsKeptWithoutGateway(_ scene: Scene) async throws {
    for size in Self.sizes.prefix(3) {
      var stage = try await Stage.bare(size)
      stage.press(scene.keys)
      try Self.compare(stage.screen.text, with: "bare-\(scene.name)-\(size.columns)x\(size.rows)")
    }
  }

  static func compare(
    _ screen: Screen, with scene: String, _ size: Size, _ isASCII: Bool
  ) throws {
    let name = "\(scene)-\(size.columns)x\(size.rows)\(isASCII ? "-ascii" : "")"
    try compare(isASCII ? screen.text : "\(screen.text)\n\(screen.roles)", with: name)
  }

  static func compare(_ text: String, with name: String) throws {
    let path = "\(Stage.directory)/Screens/\(name).txt"
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try Data(text.utf8).write(to: URL(filePath: path))
      return
    }
    let kept = try String(contentsOfFile: path, encoding: .utf8)
    let lines = zip(
      kept.split(separator: "\n", omittingEmptySubsequences: false),
      text.split(separator: "\n", omittingEmptySubsequences: false))
    let first = lines.enumerated().first { $0.element.0 != $0.element.1 }
    #expect(
      kept == text,
      "\(name), line \(first.map { $0.offset + 1 } ?? 0):\nkept \(first?.element.0 ?? "")\nnow  \(first?.element.1 ?? "")\n\(text)"
    )
  }
}
