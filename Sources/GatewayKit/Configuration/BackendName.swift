/// The rules for a backend's name (in paths, access lists, `backend__tool`).
package enum BackendName {
  package static let longest = 40

  /// Whether `name` is `[A-Za-z0-9._-]{1,40}` without `__`, and more than dots (clients fold `/mcp/..`).
  package static func isValid(_ name: String) -> Bool {
    (1...longest).contains(name.utf8.count) && name.unicodeScalars.allSatisfy(isAllowed)
      && !name.contains("__") && !name.allSatisfy { $0 == "." }
  }

  /// The name that a backend called `title` gets: `-` for each character that a name cannot have,
  /// and for each `_` of a run of two or more. Nil when it is empty or longer than a name may be.
  package static func make(from title: String) -> String? {
    if isValid(title) { return title }
    let characters = Array(title)
    var name = ""
    for (index, character) in characters.enumerated() {
      let allowed =
        character.unicodeScalars.count == 1 && character.unicodeScalars.allSatisfy(isAllowed)
      let inRun =
        character == "_"
        && (index > 0 && characters[index - 1] == "_"
          || index + 1 < characters.count && characters[index + 1] == "_")
      name.append(allowed && !inRun ? character : "-")
    }
    if name.allSatisfy({ $0 == "." }) { name = String(repeating: "-", count: name.count) }
    return isValid(name) ? name : nil
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
    default: false
    }
  }
}
