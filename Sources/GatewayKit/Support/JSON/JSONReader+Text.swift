extension JSONReader {
  /// A string's text, unescaped; a lone surrogate becomes U+FFFD.
  package func text(_ string: JSONString) -> String {
    guard string.hasEscapes else {
      return String(decoding: bytes[string.range], as: UTF8.self)
    }
    return String(decoding: utf8(string), as: UTF8.self)
  }

  /// A string's text as UTF-8, unescaped; a lone surrogate becomes U+FFFD.
  package func utf8(_ string: JSONString) -> [UInt8] {
    guard string.hasEscapes else { return Array(bytes[string.range]) }
    var text: [UInt8] = []
    text.reserveCapacity(string.range.count)
    var position = string.range.lowerBound
    while position < string.range.upperBound {
      if bytes[position] == UInt8(ascii: "\\") {
        text.append(contentsOf: UTF8.encode(escape(&position)) ?? UTF8.encodedReplacementCharacter)
      } else {
        text.append(bytes[position])
        position += 1
      }
    }
    return text
  }

  /// Whether a string's text is this, scalar by scalar; nothing is allocated when it has no
  /// escapes.
  package func equals(_ string: JSONString, _ literal: StaticString) -> Bool {
    let literal = UnsafeRawBufferPointer(
      start: literal.utf8Start, count: literal.utf8CodeUnitCount)
    guard string.hasEscapes else { return literal.elementsEqual(bytes[string.range]) }
    return literal.elementsEqual(utf8(string))
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
