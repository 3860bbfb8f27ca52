import Testing

@testable import AdminTUI
@testable import GatewayKit

/// Names that mean harm, on every screen that shows a name.
@Suite("Hostile text") struct HostileTests {
  static let texts = [
    "\u{1B}[2J\u{1B}]52;c;aGk=\u{7}", "漢字かな交じり文", "👩‍👩‍👧‍👦x🏽❤\u{FE0F}🇩🇪", "e\u{301}\u{302}\u{303}\u{304}",
    "\u{202E}gnp.exe\u{2066}",
    "हिन्दी", "a\nb\tc\u{85}d\u{2028}e", "ا\u{200C}ب\u{200F}", "\u{9B}2J\u{90}q\u{9C}",
    "\u{E0041}\u{FEFF}\u{AD}", "\u{F0000}\u{FFFF}\u{378}",
    String(repeating: "長", count: 200), "",
  ]

  /// The stage's data with `text` wherever somebody else could have put it.
  private static func stage(_ text: String, _ size: Size, isASCII: Bool) async throws -> Stage {
    var stage = try await Stage.ready(size, isASCII: isASCII)
    let people = stage.model.roster.people
    let users = people.enumerated().map { place, person in
      let user = person.user
      // What happens on the stage happens to d.okafor.
      let name = user.username == "d.okafor" ? user.username : "\(place)\(text)"
      return User(
        username: name, id: user.id, email: text, description: text, createdAt: user.createdAt,
        isEnabled: user.isEnabled, allowed: user.allowed,
        blocked: user.blocked + ["\(text)/\(text)"],
        metadata: JSONObject([(text, .string(text))]))
    }
    let names = Dictionary(uniqueKeysWithValues: users.map { ($0.id, $0.username) })
    let keys = people.flatMap(\.keys).enumerated().map { place, key in
      APIKey(
        id: key.id, userID: key.userID, username: names[key.userID] ?? "", name: "\(place)\(text)",
        createdAt: key.createdAt, expiresAt: key.expiresAt, isRevoked: key.isRevoked,
        rotatedFrom: nil, isUserEnabled: true, digest: key.digest)
    }
    let roster = Roster(path: "/srv/\(text)/users.json", generation: 1, users: users, keys: keys)
    let backends = Stage.backends.map { row in
      var new = BackendRow(name: "\(row.name)\(text)", state: row.isUp ? "up" : text)
      new.lastError = text
      new.since = row.since
      return new
    }
    stage.send(.gateway(.running(backends, sessions: 1)))
    stage.send(.store(.loaded(roster, changed: 0)))
    var usage = stage.model.usage
    usage.byBackend = [UsageLine(name: text, calls: 3), UsageLine(name: "1\(text)", calls: 2)]
    usage.lines = usage.byBackend
    for key in keys {
      var use = KeyUse(id: key.id, user: key.username)
      use.address = text
      usage.uses = KeyUses(began: Stage.now, byID: [key.id: use])
    }
    stage.send(.usage(usage))
    stage.send(.gateway(.ticks(backends: [text: 1], users: [text: 1])))
    let line: JSONValue = [
      "seq": 7, "time": "2026-11-23T13:05:12Z", "event": .string(text),
      "user": .string("user \(text)"),
      "backend": .string(text), "tool": .string(text), "reason": .string(text),
      "actor": ["account": .string(text), "uid": 1, "tty": .string(text), "ssh": .string(text)],
    ]
    stage.send(.audit([AuditRow(line, intent: nil)]))
    return stage
  }

  /// Nothing that a terminal would obey, no line of another width, no frame with a gap.
  private func check(_ stage: Stage, _ what: String) {
    let screen = stage.screen
    let size = screen.size
    for row in 0..<size.rows {
      var width = 0
      for column in 0..<size.columns {
        guard let glyph = screen[row, column]?.glyph else { continue }
        width += Int(glyph.width)
        for scalar in glyph.scalars.compactMap(Unicode.Scalar.init) {
          let isPlain =
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
              .unassigned:
              false
            default: true
            }
          #expect(isPlain, "\(what), row \(row): U+\(String(scalar.value, radix: 16))")
        }
      }
      #expect(width == size.columns, "\(what), row \(row): \(width) columns")
    }
    let corners = (0..<size.rows).flatMap { row in
      (0..<size.columns).compactMap { column in
        screen[row, column]?.glyph.text == "╔" ? Place(row: row, column: column) : nil
      }
    }
    guard let corner = corners.last else { return }
    let right = (corner.column..<size.columns).last { screen[corner.row, $0]?.glyph.text == "╗" }
    #expect(right != nil, "\(what): a dialog without a corner\n\(screen.text)")
    guard let right else { return }
    var row = corner.row + 1
    while row < size.rows - 1, screen[row, corner.column]?.glyph.text != "╚" {
      #expect(
        screen[row, corner.column]?.glyph.text == "║" && screen[row, right]?.glyph.text == "║",
        "\(what), row \(row): a frame with a gap\n\(screen.text)")
      row += 1
    }
  }

  @Test("shifts nothing, breaks no frame and is not obeyed, on any screen", arguments: texts)
  func isHarmless(text: String) async throws {
    for size in GoldenTests.sizes.prefix(3) {
      for isASCII in size.columns == 80 ? [false, true] : [false] {
        for scene in GoldenTests.scenes {
          var stage = try await Self.stage(text, size, isASCII: isASCII)
          stage.press(scene.keys)
          check(stage, "\(scene.name) \(size)")
        }
        for happening in GoldenTests.happenings {
          var stage = try await Self.stage(text, size, isASCII: isASCII)
          happening.happen(&stage)
          check(stage, "\(happening.name) \(size)")
        }
        var stage = try await Self.stage(text, size, isASCII: isASCII)
        for message: Message in [
          .shown(TextBox(title: text, lines: [text, text + text])), .said(text, isError: true),
          .copied(.unavailable(text)), .copied(.written(text)), .store(.readOnly(text)),
          .gateway(.absent(text)), .store(.unreadable(.missing(path: text))),
        ] {
          stage.send(message)
          check(stage, "\(message) \(size)")
        }
      }
    }
  }
}
