/// A line that is typed into.
struct TextInput: Equatable, Sendable {
  private(set) var characters: [Character] = []
  private(set) var cursor = 0
  /// The most Unicode scalars that it takes.
  let limit: Int

  init(_ text: String = "", limit: Int = 512) {
    self.limit = limit
    characters = Array(text)
    cursor = characters.count
  }

  var text: String { String(characters) }

  /// Types text; line ends and other control characters of it are left out.
  mutating func insert(_ text: String) {
    for character in text {
      guard character.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }),
        characters.reduce(0, { $0 + $1.unicodeScalars.count }) + character.unicodeScalars.count
          <= limit
      else { continue }
      characters.insert(character, at: cursor)
      cursor += 1
    }
  }

  /// Whether the key meant something here.
  mutating func take(_ key: Key) -> Bool {
    switch key {
    case .character(let character): insert(String(character))
    case .backspace:
      if cursor > 0 {
        cursor -= 1
        characters.remove(at: cursor)
      }
    case .delete: if cursor < characters.count { characters.remove(at: cursor) }
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(characters.count, cursor + 1)
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = characters.count
    case .control("u"):
      characters.removeFirst(cursor)
      cursor = 0
    case .control("w"):
      while cursor > 0, characters[cursor - 1] == " " { _ = take(.backspace) }
      while cursor > 0, characters[cursor - 1] != " " { _ = take(.backspace) }
    default: return false
    }
    return true
  }
}
