import Foundation
import Testing

@testable import AdminTUI

/// What each screen looks like, kept as text: characters, then roles. `RECORD=1` writes them anew.
@Suite("Golden screens") struct GoldenTests {
  struct Scene: Sendable, CustomTestStringConvertible {
    let name: String
    let keys: String
    var testDescription: String { name }
  }

  static let scenes = [
    Scene(name: "users", keys: ""), Scene(name: "users-filter", keys: "j j j Space / 'okaf"),
    Scene(name: "users-keys", keys: "j j j Tab"),
    Scene(name: "users-access", keys: "j j j Tab Tab j j j"),
    Scene(name: "new-user", keys: "n 'carl.nilsson Tab 'carl@example"),
    Scene(name: "new-user-wrong", keys: "n 'ann Space 'meyer Ctrl-S"),
    Scene(name: "edit-user", keys: "e"), Scene(name: "new-key", keys: "j j j N"),
    Scene(name: "revoke", keys: "j j j Tab R +400"),
    Scene(name: "delete", keys: "j j j D +400 'd.oka"),
    Scene(name: "keys", keys: "2"), Scene(name: "keys-expiring", keys: "2 f"),
    Scene(name: "access", keys: "3 j j j l l l"),
    Scene(name: "access-first-allow", keys: "3 j j a"), Scene(name: "backends", keys: "4 j j"),
    Scene(name: "usage", keys: "5"), Scene(name: "audit", keys: "6"),
    Scene(name: "help", keys: "?"),
    Scene(name: "palette", keys: "j j j : 'key"), Scene(name: "reach", keys: "j j j w"),
    Scene(name: "history", keys: "U"),
  ]

  static let sizes = [
    Size(rows: 24, columns: 80), Size(rows: 40, columns: 140), Size(rows: 15, columns: 60),
    Size(rows: 14, columns: 59),
  ]

  @Test(arguments: scenes)
  func looksAsKept(_ scene: Scene) async throws {
    for size in Self.sizes {
      for isASCII in [false, true] {
        var stage = try await Stage.ready(size, isASCII: isASCII)
        stage.press(scene.keys)
        let screen = stage.screen
        let name = "\(scene.name)-\(size.columns)x\(size.rows)\(isASCII ? "-ascii" : "")"
        try Self.compare(
          isASCII ? screen.text : "\(screen.text)\n\(screen.roles)", with: name)
      }
    }
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
