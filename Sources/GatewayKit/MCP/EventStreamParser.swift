/// Reads server-sent events from bytes as they come (WHATWG HTML, 9.2.6).
///
/// A byte order mark at the start and all three line endings are understood.
package struct EventStreamParser: Sendable {
  package struct Event: Equatable, Sendable {
    /// Empty for the usual `message`.
    package var type: [UInt8] = []
    package let data: [UInt8]
  }

  /// The longest event id and type that are kept, in bytes.
  private static let fieldLimit = 1024

  /// The id of the last event that had one, by which a stream is taken up again.
  package private(set) var lastEventID: [UInt8]?
  /// How long its sender wants a client to wait before that, in milliseconds.
  package private(set) var retry: Int?

  /// The id that holds once the event is whole.
  private var pendingID: [UInt8]?
  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var hasData = false
  private var type: [UInt8] = []
  private var endedWithCR = false
  private var isFirstLine = true

  package init() {}

  /// - Parameter last: the id of the event behind which the stream is taken up.
  package init(after last: [UInt8]) {
    lastEventID = last
    pendingID = last
  }

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
      // Not before: an event that is cut off is to come again.
      lastEventID = pendingID
      defer {
        data = []
        type = []
        hasData = false
      }
      return hasData ? Event(type: type, data: data) : nil
    }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    var value = line[min(colon + 1, line.endIndex)...]
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    take(field: line[..<colon], value)
    return nil
  }

  private mutating func take(field: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
    if field.elementsEqual("data".utf8) {
      if hasData { data.append(UInt8(ascii: "\n")) }
      data += value
      hasData = true
    } else if field.elementsEqual("id".utf8) {
      guard value.count <= Self.fieldLimit, !value.contains(0) else { return }
      pendingID = value.isEmpty ? nil : Array(value)
    } else if field.elementsEqual("event".utf8) {
      type = Array(value.prefix(Self.fieldLimit))
    } else if field.elementsEqual("retry".utf8), value.allSatisfy({ (0x30...0x39).contains($0) }) {
      retry = Int(String(decoding: value, as: UTF8.self)) ?? retry
    }
  }
}
