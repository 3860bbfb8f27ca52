/// The shapes that the console draws with, for terminals that know them and for those that do not.
struct Symbols: Sendable {
  struct Lines: Sendable {
    let topLeft, topRight, bottomLeft, bottomRight, horizontal, vertical: String
  }

  let isASCII: Bool
  let pane: Lines
  let dialog: Lines
  /// Of a backend: up, slow or paused, down.
  let up, slow, down: String
  /// A backend that no rule is about, open to the user.
  let open: String
  let ascending, descending: String
  let scrollBar: String
  let none: String
  let ellipsis: String
  let times: String
  let arrow: String

  static let unicode = Symbols(
    isASCII: false,
    pane: Lines(
      topLeft: "┌", topRight: "┐", bottomLeft: "└", bottomRight: "┘", horizontal: "─",
      vertical: "│"),
    dialog: Lines(
      topLeft: "╔", topRight: "╗", bottomLeft: "╚", bottomRight: "╝", horizontal: "═",
      vertical: "║"),
    up: "●", slow: "◐", down: "○", open: "·", ascending: "▲", descending: "▼", scrollBar: "█",
    none: "—", ellipsis: "…", times: "×", arrow: "→")

  static let ascii = Symbols(
    isASCII: true,
    pane: Lines(
      topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", horizontal: "-",
      vertical: "|"),
    dialog: Lines(
      topLeft: "#", topRight: "#", bottomLeft: "#", bottomRight: "#", horizontal: "=",
      vertical: "#"),
    up: "*", slow: "o", down: "!", open: ".", ascending: "^", descending: "v", scrollBar: "#",
    none: "-", ellipsis: "~", times: "x", arrow: "->")

  /// For who hears the screen: frames are spaces.
  var withoutLines: Symbols {
    let none = Lines(
      topLeft: " ", topRight: " ", bottomLeft: " ", bottomRight: " ", horizontal: " ", vertical: " "
    )
    return Symbols(
      isASCII: isASCII, pane: none, dialog: none, up: up, slow: slow, down: down, open: open,
      ascending: ascending, descending: descending, scrollBar: " ", none: self.none,
      ellipsis: ellipsis, times: times, arrow: arrow)
  }

  /// The console's own sentences, which hold some of these.
  func spelled(_ text: String) -> String {
    guard isASCII, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    var spelled = ""
    for character in text { spelled += Self.replacements[character] ?? String(character) }
    return spelled
  }

  private static let replacements: [Character: String] = [
    "●": "*", "◐": "o", "○": "!", "·": ".", "▲": "^", "▼": "v", "█": "#", "—": "-", "–": "-",
    "…": "~", "×": "x", "→": "->", "←": "<-", "↑": "^", "↓": "v", "“": "\"", "”": "\"",
  ]
}
