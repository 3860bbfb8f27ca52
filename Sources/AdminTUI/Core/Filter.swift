/// What somebody typed to see fewer rows: a part of the text, in whatever case; `!part` sees the others,
/// `~part` takes its letters in order with anything between.
struct Filter: Equatable, Sendable {
  let text: String
  private let needle: [UInt8]
  private let isInverse: Bool
  private let isFuzzy: Bool

  init(_ text: String) {
    self.text = text
    isInverse = text.hasPrefix("!")
    let rest = isInverse ? text.dropFirst() : text[...]
    isFuzzy = rest.hasPrefix("~")
    needle = Array((isFuzzy ? rest.dropFirst() : rest).lowercased().utf8)
  }

  var isEmpty: Bool { needle.isEmpty }

  /// - Parameter text: in lower case.
  func matches(_ text: [UInt8]) -> Bool {
    if needle.isEmpty { return true }
    return (isFuzzy ? isWithin(text) : contains(text)) != isInverse
  }

  private func contains(_ text: [UInt8]) -> Bool {
    let count = needle.count
    guard text.count >= count else { return false }
    return text.withUnsafeBufferPointer { text in
      needle.withUnsafeBufferPointer { needle in
        let first = needle[0]
        var start = 0
        while start + count <= text.count {
          if text[start] == first {
            var length = 1
            while length < count, text[start + length] == needle[length] { length += 1 }
            if length == count { return true }
          }
          start += 1
        }
        return false
      }
    }
  }

  private func isWithin(_ text: [UInt8]) -> Bool {
    var place = 0
    for byte in text where place < needle.count && byte == needle[place] { place += 1 }
    return place == needle.count
  }
}
