/// What a cell says, from which a theme makes its colour. A role never says anything alone: a shape or
/// a word beside it says the same.
enum Role: UInt8, CaseIterable, Sendable {
  case text, header, muted, border, borderFocus, accent, ok, warn, danger, secret, graph

  /// The letter that stands for it in golden role maps.
  var letter: Character {
    switch self {
    case .text: "."
    case .header: "h"
    case .muted: "m"
    case .border: "b"
    case .borderFocus: "B"
    case .accent: "a"
    case .ok: "o"
    case .warn: "w"
    case .danger: "d"
    case .secret: "s"
    case .graph: "g"
    }
  }
}

/// How a cell stands out beside its role.
struct Emphasis: OptionSet, Hashable, Sendable {
  let rawValue: UInt8
  static let bold = Emphasis(rawValue: 1)
  static let reverse = Emphasis(rawValue: 2)
  static let underline = Emphasis(rawValue: 4)
}
