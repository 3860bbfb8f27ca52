import Testing

@testable import AdminTUI

/// What the design draws is on the screen of the same scene: panes, headings, columns, buttons and keys.
@Suite("The drawings") struct DrawingTests {
  /// What leads to each drawing: keys, then something that happens, or a scene of the golden screens.
  private static let scenes: [String: (keys: String, scene: String?)] = [
    "1": ("j j j", nil), "1b": ("j j Space j Space / 'okaf", nil),
    "2": ("j j j n 'carl.nilsson Tab 'carl.nilsson@example", nil), "3": ("", "new-key"),
    "4": ("", "reveal"), "5": ("", "revoke"), "5b": ("", "delete"), "1c": ("", "keys-expiring"),
    "6": ("", "access"), "6b": ("", "access-first-allow"), "7": ("", "backends"),
    "8": ("", "usage"),
    "9": ("6 / 'actor:marko Space 'action:revoke Space 'since:7d", nil), "10": ("j j j ?", nil),
    "11": ("", "palette"), "12": ("", "empty"), "13": ("", "locked"), "14": ("", "corrupt"),
    "15": ("j j j", "read-only"), "16": ("", "conflict"), "17": ("", "users"), "18": ("", "users"),
  ]

  /// What is drawn and intended to be otherwise: of which drawings, on how many columns (nil: all), and why.
  private static let differences: [(drawings: String, columns: Int?, part: String, why: String)] = [
    (
      "1 1b 2 3 4 5 5b 11 13 15 16", 140, "column HASH",
      "a key is named by its id, which no other key begins with; see the command"
    ),
    (
      "1 1b 2 3 4 5 5b 11 13 15 16", 140, "heading Keys 3",
      "whose keys they are is said at every width"
    ),
    ("1 1b 15", 140, "heading Access — reach 5 of 6", "one wording for all widths"),
    ("2 3", nil, "key Enter", "Ctrl-S saves from every field, so that is what the line names"),
    (
      "4", nil, "heading New key \"thinkpad-2026\" for d.okafor — SHOWN ONCE",
      "sample data: another key is made"
    ),
    (
      "1c", nil, "heading Keys 31 filter: expires within 30 d or never",
      "sample data; those that never expire are a filter of their own"
    ),
    ("1c", 140, "column HASH", "its id"),
    ("1c", 140, "column SEEN", "LAST, as in the users' boxes"),
    ("6", 140, "key \\", "h and l scroll through more backends than fit"),
    ("7", nil, "column P95", "the usage book gives P50 and P99"),
    ("7", 140, "column 30", "LAST 5m: the gateway tells live calls, which go back so far"),
    ("7", 140, "column MIN", "LAST 5m"),
    ("7", 140, "column TRANSPORT", "how a backend is spoken to is the configuration's"),
    ("7", 140, "column CHECK", "what the gateway tells comes as it happens, without checks"),
    ("7", 140, "key s", "they stay in the configuration's order"),
    (
      "8", nil, "heading Calls per minute, all backends, last hour — LIVE every 1 s",
      "it changes when there is something new"
    ),
    ("8", nil, "heading By backend", "its window is said too"),
    ("8", nil, "heading By user", "its window is said too"),
    ("8", nil, "column TODAY", "CALLS of the window that was chosen"),
    ("8", 80, "column LAST", "CALLS takes the room of the small graphs"),
    ("8", 80, "column LAST5m", "CALLS takes the room of the small graphs"),
    ("8", 80, "column 5m", "CALLS takes the room of the small graphs"),
    ("8", 140, "column 5", "LAST 5m"),
    ("8", 140, "column MIN", "LAST 5m"),
    ("10", nil, "key Ctrl-P", "a second key for what : does"),
    ("12", nil, "key i", "the old dashboard's file is a store: --users-db opens it"),
    (
      "16", nil, "button Enter Save both",
      "other fields are merged without a question, so only the same field is one"
    ),
  ]

  static let drawings = Drawing.all(columns: 80, rows: 24) + Drawing.all(columns: 140, rows: 40)

  @Test(arguments: drawings)
  func isAsDrawn(_ drawing: Drawing) async throws {
    let (keys, scene) = try #require(Self.scenes[drawing.id], "a drawing of nothing that is known")
    let size =
      switch drawing.id {
      case "17": Size(rows: 8, columns: 40)
      case "18": Size(rows: 15, columns: 60)
      default: Size(rows: drawing.columns == 80 ? 24 : 40, columns: drawing.columns)
      }
    var stage = try await Stage.ready(size)
    stage.press(keys)
    if let happening = GoldenTests.happenings.first(where: { $0.name == scene }) {
      happening.happen(&stage)
    } else if let scene {
      stage.press(try #require(GoldenTests.scenes.first { $0.name == scene }).keys)
    }
    let drawn = Drawing.parts(drawing.lines)
    let seen = Drawing.parts(stage.screen.text.split(separator: "\n").map(String.init))
    let intended = Self.differences.filter {
      $0.drawings.split(separator: " ").contains(Substring(drawing.id))
        && $0.columns ?? drawing.columns == drawing.columns
    }
    #expect(!drawn.isEmpty)
    let missing = drawn.subtracting(seen).sorted()
    #expect(missing == intended.map(\.part).sorted(), "the screen has \(seen.sorted())")
  }
}
