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
    for byte in bytes {
      if byte == UInt8(ascii: "\n"), endedWithCR {
        endedWithCR = false
        continue
      }
      endedWithCR = byte == UInt8(ascii: "\r")
      if endedWithCR || byte == UInt8(ascii: "\n") {
        if let event = endLine() { events.append(event) }
      } else {
        line.append(byte)
      }
    }
    return events
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
    let name = line.prefix { $0 != UInt8(ascii: ":") }
    guard name.elementsEqual("data".utf8) else { return nil }
    var value = line.dropFirst(name.count + 1)
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    if hasData { data.append(UInt8(ascii: "\n")) }
    data += value
    hasData = true
    return nil
  }
}
