/// Reads server-sent events from bytes as they come (WHATWG HTML, 9.2.6).
///
/// Only `data` is kept of an event: MCP uses nothing else of one. A byte order mark at the start
/// and all three line endings are understood.
package struct EventStreamParser: Sendable {
  package struct Event: Equatable, Sendable {
    package let data: [UInt8]
  }

  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var hasData = false
  private var endedWithCR = false
  private var isFirstLine = true

  package init() {}

  /// The bytes that are held until an event is whole.
  package var buffered: Int { line.count + data.count }

  /// The events that these bytes complete.
  package mutating func take(_ bytes: UnsafeRawBufferPointer) -> [Event] {
    var events: [Event] = []
    var start = 0
    while start < bytes.count {
      if endedWithCR {
        endedWithCR = false
        if bytes[start] == UInt8(ascii: "\n") {
          start += 1
          continue
        }
      }
      var end = start
      while end < bytes.count, !Self.isLineEnd(bytes[end]) { end += 1 }
      line.append(contentsOf: bytes[start..<end])
      guard end < bytes.count else { break }
      endedWithCR = bytes[end] == UInt8(ascii: "\r")
      if let event = endLine() { events.append(event) }
      start = end + 1
    }
    return events
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private mutating func endLine() -> Event? {
    defer { line.removeAll(keepingCapacity: true) }
    if isFirstLine {
      isFirstLine = false
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    }
    guard !line.isEmpty else {
      guard hasData else { return nil }
      defer {
        data = []
        hasData = false
      }
      return Event(data: data)
    }
    guard line.starts(with: Self.field) else { return nil }
    var value = line.dropFirst(Self.field.count)
    if !value.isEmpty {
      guard value.removeFirst() == UInt8(ascii: ":") else { return nil }
      if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    }
    if hasData { data.append(UInt8(ascii: "\n")) }
    data += value
    hasData = true
    return nil
  }

  private static let field = Array("data".utf8)
}
