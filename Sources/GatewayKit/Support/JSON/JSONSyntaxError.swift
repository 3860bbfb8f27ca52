/// Why bytes are not JSON as RFC 8259 has it, and where.
package struct JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The byte at which it was seen, from 0.
  package let offset: Int
  /// A phrase: "a comma or } was expected".
  package let reason: String

  package init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }

  package var description: String { "\(reason), at byte \(offset)" }

  /// Line and column of the offset, from 1; a column is a byte of its line.
  package func place(in bytes: some Sequence<UInt8>) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for byte in bytes.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return (line, column)
  }
}
