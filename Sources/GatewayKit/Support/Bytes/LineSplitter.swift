/// Cuts a stream of bytes into lines, which may come in parts of any size.
package struct LineSplitter: Sendable {
  package enum Part {
    /// A line without its end.
    case line([UInt8])
    /// The next bytes of a line that is too long, from its first one on. They are not kept, and
    /// are not to be looked at later.
    case excess(UnsafeRawBufferPointer)
    /// The end of such a line.
    case excessEnd
  }

  private let limit: Int
  private var rest: [UInt8] = []
  private var isTooLong = false

  /// - Parameter limit: the longest line that is kept, in bytes.
  package init(limit: Int) { self.limit = limit }

  /// Gives what these bytes complete, in order.
  package mutating func take(_ bytes: UnsafeRawBufferPointer, _ found: (Part) -> Void) {
    var start = 0
    while let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      append(UnsafeRawBufferPointer(rebasing: bytes[start..<newline]), found)
      endLine(found)
      start = newline + 1
    }
    append(UnsafeRawBufferPointer(rebasing: bytes[start...]), found)
  }

  /// The stream has ended: what came since the last line end is a line too.
  package mutating func finish(_ found: (Part) -> Void) {
    guard isTooLong || !rest.isEmpty else { return }
    endLine(found)
  }

  private mutating func endLine(_ found: (Part) -> Void) {
    if isTooLong {
      found(.excessEnd)
    } else {
      if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
      found(.line(rest))
    }
    isTooLong = false
    rest = []
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer, _ found: (Part) -> Void) {
    guard !bytes.isEmpty else { return }
    guard !isTooLong else { return found(.excess(bytes)) }
    rest.append(contentsOf: bytes)
    guard rest.count > limit else { return }
    isTooLong = true
    rest.withUnsafeBytes { found(.excess($0)) }
    rest = []
  }
}
