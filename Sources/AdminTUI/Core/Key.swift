/// A key as the operator pressed it.
enum Key: Hashable, Sendable {
  case character(Character)
  case control(Character)
  case alt(Character)
  case up, down, left, right, home, end, pageUp, pageDown, insert, delete
  case backspace, enter, tab, backTab, escape
  case function(Int)

  /// `j`, `Ctrl-D`, `Alt-x`, `Enter`, `Space`, `F1`: as help shows it, and as the configuration and key
  /// scripts spell it.
  var name: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let character): "Ctrl-\(character.uppercased())"
    case .alt(let character): "Alt-\(character)"
    case .function(let number): "F\(number)"
    default: Self.names.first { $0.value == self }?.key ?? ""
    }
  }

  init?(named name: String) {
    if let known = Self.names[name] {
      self = known
    } else if name == "Space" {
      self = .character(" ")
    } else if name.count == 1, let character = name.first {
      self = .character(character)
    } else if name.hasPrefix("Ctrl-"), name.count == 6, let last = name.last {
      self = .control(Character(last.lowercased()))
    } else if name.hasPrefix("Alt-"), name.count == 5, let last = name.last {
      self = .alt(last)
    } else if name.hasPrefix("F"), let number = Int(name.dropFirst()), (1...12).contains(number) {
      self = .function(number)
    } else {
      return nil
    }
  }

  private static let names: [String: Key] = [
    "Up": .up, "Down": .down, "Left": .left, "Right": .right, "Home": .home, "End": .end,
    "PgUp": .pageUp, "PgDn": .pageDown, "Ins": .insert, "Del": .delete, "Backspace": .backspace,
    "Enter": .enter, "Tab": .tab, "Shift-Tab": .backTab, "Esc": .escape,
  ]
}

/// What the mouse did.
struct MouseEvent: Equatable, Sendable {
  enum Button: Sendable {
    case left, right, middle, wheelUp, wheelDown
  }

  let button: Button
  let place: Place
}
