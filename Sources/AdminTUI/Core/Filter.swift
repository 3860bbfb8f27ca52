import CSyscalls

/// What somebody typed to see fewer rows: a part of the text, in whatever case; `!part` sees the others,
/// `~part` takes its letters in order with anything between, `re:part` is a regular expression.
struct Filter: Equatable, Sendable {
  let text: String
  private let needle: [UInt8]
  private let isInverse: Bool
  private let isFuzzy: Bool
  private let pattern: Pattern?
  /// It begins like a regular expression and is none yet.
  let isBroken: Bool

  init(_ text: String) {
    self.text = text
    isInverse = text.hasPrefix("!")
    var rest = isInverse ? text.dropFirst() : text[...]
    isFuzzy = rest.hasPrefix("~")
    let isPattern = rest.hasPrefix("re:")
    rest = isPattern ? rest.dropFirst(3) : isFuzzy ? rest.dropFirst() : rest
    needle = Array((isPattern ? String(rest) : rest.lowercased()).utf8)
    pattern = isPattern ? Pattern(String(rest)) : nil
    isBroken = isPattern && pattern == nil
  }

  static func == (left: Filter, right: Filter) -> Bool { left.text == right.text }

  var isEmpty: Bool { needle.isEmpty }

  /// Whether all that this lets through another one did too.
  func narrows(_ other: Filter) -> Bool {
    !isInverse && !other.isInverse && pattern == nil && other.pattern == nil && !isBroken
      && !other.isBroken && isFuzzy == other.isFuzzy && text.hasPrefix(other.text)
  }

  /// What has to stand in whatever matches; nil where that is not so simple, or where JSON could spell it
  /// in another way.
  var plainText: String? {
    let isPlain = needle.allSatisfy { (0x20..<0x7F).contains($0) && !"\"\\/".utf8.contains($0) }
    return isInverse || isFuzzy || pattern != nil || isEmpty || !isPlain ? nil : text.lowercased()
  }

  /// What any match contains, where containing it is all that is asked.
  var part: [UInt8]? {
    isInverse || isFuzzy || pattern != nil || isBroken || isEmpty ? nil : needle
  }

  /// - Parameter text: in lower case.
  func matches(_ text: [UInt8]) -> Bool {
    text.withUnsafeBufferPointer { matches($0) }
  }

  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if needle.isEmpty || isBroken { return true }
    return isFound(text) != isInverse
  }

  private func isFound(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if let pattern { return pattern.isFound(text) }
    return isFuzzy ? isWithin(text) : contains(text)
  }

  /// Compiled once; matching does not change it.
  private final class Pattern: @unchecked Sendable {
    private let regex: Regex<AnyRegexOutput>

    init?(_ text: String) {
      guard let regex = try? Regex(text) else { return nil }
      self.regex = regex.ignoresCase()
    }

    func isFound(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
      (try? regex.firstMatch(in: String(decoding: text, as: UTF8.self))) != nil
    }
  }

  private func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count >= needle.count, let start = text.baseAddress else { return false }
    return needle.withUnsafeBytes {
      gateway_find(start, text.count, $0.baseAddress, $0.count) != nil
    }
  }

  private func isWithin(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var place = 0
    for byte in text where place < needle.count && byte == needle[place] { place += 1 }
    return place == needle.count
  }
}
