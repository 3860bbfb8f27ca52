import Glibc

/// Walks the lines of a head, checking what RFC 9112 says of them and leaving nothing lenient.
///
/// Lines end in CRLF: a bare LF or CR is refused, since parsers disagree on it (section 2.2 allows
/// refusing). Folded lines, white space before the colon, names that are no tokens and control
/// characters in values are refused (sections 5.1 and 5.2).
struct HeadLines {
  enum Line {
    case incomplete
    case line(Range<Int>)
    /// The blank line that ends the head.
    case end
    case refused(String)
  }

  let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func next() -> Line {
    guard let base = bytes.baseAddress, offset < bytes.count,
      let found = memchr(base + offset, 0x0A, bytes.count - offset)
    else { return .incomplete }
    let newline = UnsafeRawPointer(found) - base
    guard newline > offset, bytes[newline - 1] == 0x0D else {
      return .refused("a line does not end in CR and LF")
    }
    let start = offset
    offset = newline + 1
    return newline - 1 == start ? .end : .line(start..<newline - 1)
  }

  /// Splits a header line into the ranges of name and value.
  func field(_ line: Range<Int>) -> (name: Range<Int>, value: Range<Int>)? {
    guard let base = bytes.baseAddress,
      let found = memchr(base + line.lowerBound, 0x3A, line.count)
    else { return nil }
    let colon = UnsafeRawPointer(found) - base
    let name = line.lowerBound..<colon
    guard Token.isToken(UnsafeRawBufferPointer(rebasing: bytes[name])) else { return nil }
    let value = Token.trimmed(bytes, colon + 1..<line.upperBound)
    guard Token.isFieldValue(UnsafeRawBufferPointer(rebasing: bytes[value])) else { return nil }
    return (name, value)
  }

  /// Hands out every header line of a head that was accepted before: the name, and the whole line
  /// with its end.
  static func forEachLine(
    in bytes: UnsafeRawBufferPointer,
    _ body: (_ name: UnsafeRawBufferPointer, _ line: UnsafeRawBufferPointer) -> Void
  ) {
    guard let base = bytes.baseAddress else { return }
    var lines = HeadLines(bytes)
    guard case .line = lines.next() else { return }
    while case .line(let line) = lines.next() {
      guard let found = memchr(base + line.lowerBound, 0x3A, line.count) else { return }
      body(
        UnsafeRawBufferPointer(rebasing: bytes[line.lowerBound..<UnsafeRawPointer(found) - base]),
        UnsafeRawBufferPointer(rebasing: bytes[line.lowerBound..<lines.offset]))
    }
  }

  /// Hands out every field of a head that was accepted before.
  static func forEachField(
    in bytes: UnsafeRawBufferPointer,
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
  ) {
    var lines = HeadLines(bytes)
    guard case .line = lines.next() else { return }
    while case .line(let line) = lines.next() {
      guard let (name, value) = lines.field(line) else { return }
      body(
        UnsafeRawBufferPointer(rebasing: bytes[name]),
        UnsafeRawBufferPointer(rebasing: bytes[value]))
    }
  }
}
