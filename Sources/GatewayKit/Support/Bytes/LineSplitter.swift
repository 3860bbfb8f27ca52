/// Cuts a stream of bytes into lines, which may come in parts of any size.
package struct LineSplitter: Sendable {
  /// How much is kept of a line that is too long.
  package static let overflowKept = 1024

  private let limit: Int
  private var rest: [UInt8] = []
  private var isSkipping = false
  private var overflow: [UInt8]?

  /// - Parameter limit: the longest line, in bytes; a longer one is left out.
  package init(limit: Int) { self.limit = limit }

  /// The lines that these bytes complete, without their ends.
  package mutating func take(_ bytes: UnsafeRawBufferPointer) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    while let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      append(UnsafeRawBufferPointer(rebasing: bytes[start..<newline]))
      if !isSkipping {
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        lines.append(rest)
      }
      isSkipping = false
      rest = []
      start = newline + 1
    }
    append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    return lines
  }

  /// What a line began with that was too long, once for each such line at most.
  package mutating func takeOverflow() -> [UInt8]? {
    defer { overflow = nil }
    return overflow
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard !isSkipping else { return }
    rest.append(contentsOf: bytes)
    guard rest.count > limit else { return }
    overflow = Array(rest.prefix(Self.overflowKept))
    isSkipping = true
    rest = []
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
