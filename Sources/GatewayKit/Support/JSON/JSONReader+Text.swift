extension JSONReader {
  /// A string's text, unescaped; a lone surrogate becomes U+FFFD.
  package func text(_ string: JSONString) -> String {
    guard string.hasEscapes else {
      return String(decoding: bytes[string.range], as: UTF8.self)
    }
    var text = String.UnicodeScalarView()
    var plain = string.range.lowerBound
    var position = plain
    while position < string.range.upperBound {
      guard bytes[position] == UInt8(ascii: "\\") else {
        position += 1
        continue
      }
      text.append(
        contentsOf: String(decoding: bytes[plain..<position], as: UTF8.self).unicodeScalars)
      text.append(escape(&position))
      plain = position
    }
    text.append(
      contentsOf: String(decoding: bytes[plain..<string.range.upperBound], as: UTF8.self)
        .unicodeScalars)
    return String(text)
  }

  /// Whether a string's text is this; nothing is allocated when it has no escapes.
  package func equals(_ string: JSONString, _ literal: StaticString) -> Bool {
    if string.hasEscapes { return text(string) == literal.description }
    guard string.range.count == literal.utf8CodeUnitCount else { return false }
    let start = string.range.lowerBound
    for index in 0..<string.range.count where bytes[start + index] != literal.utf8Start[index] {
      return false
    }
    return true
  }

  /// The scalar of the escape at `position`, which is moved behind it. The string was checked.
  private func escape(_ position: inout Int) -> Unicode.Scalar {
    let letter = bytes[position + 1]
    position += 2
    switch letter {
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = hexUnit(at: position) ?? 0xFFFD
      position += 4
      if let scalar = Unicode.Scalar(unit) { return scalar }
      guard unit < 0xDC00, position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u"), let low = hexUnit(at: position + 2),
        (0xDC00...0xDFFF).contains(low)
      else { return "\u{FFFD}" }
      position += 6
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
    default: return Unicode.Scalar(letter)
    }
  }
}
