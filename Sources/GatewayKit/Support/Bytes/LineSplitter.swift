/// Cuts a stream of bytes into lines, which may come in parts of any size.
package struct LineSplitter: Sendable {
  private let limit: Int
  private var rest: [UInt8] = []
  /// A line was longer than the limit; what there was of it is dropped, up to its end.
  package private(set) var hasOverflowed = false
  private var isSkipping = false

  package init(limit: Int) { self.limit = limit }

  /// The lines that these bytes complete, without their ends.
  package mutating func take(_ bytes: UnsafeRawBufferPointer) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    while let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if isSkipping {
        isSkipping = false
      } else {
        rest.append(contentsOf: bytes[start..<newline])
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        lines.append(rest)
      }
      rest = []
      start = newline + 1
    }
    guard !isSkipping else { return lines }
    rest.append(contentsOf: bytes[start...])
    if rest.count > limit {
      hasOverflowed = true
      isSkipping = true
      rest = []
    }
    return lines
  }
}

/// A message on one line: JSON has line ends only as white space between its parts.
package enum OneLine {
  package static func of(_ message: [UInt8]) -> [UInt8] {
    guard message.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return message }
    return message.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
  }
}

/// Text from outside made fit for a log or a terminal.
package enum SafeText {
  /// One line: control characters, line ends and what turns the direction of text are shown as
  /// escapes.
  package static func line(_ bytes: some Sequence<UInt8>) -> String {
    line(String(decoding: Array(bytes), as: UTF8.self))
  }

  package static func line(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
        safe += "\\u{" + String(scalar.value, radix: 16) + "}"
      default:
        safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}
