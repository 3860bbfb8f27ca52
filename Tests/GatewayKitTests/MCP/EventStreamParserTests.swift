import GatewayKit
import Testing

@Suite("Event streams")
struct EventStreamParserTests {
  private func events(_ text: String, piece: Int = .max) -> [String] {
    var parser = EventStreamParser()
    var found: [String] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let events = Array(rest.prefix(piece)).withUnsafeBytes { parser.take($0) }
      found += events.map { String(decoding: $0.data, as: UTF8.self) }
      rest = rest.dropFirst(min(piece, rest.count))
    }
    return found
  }

  static let cases: [(String, [String])] = [
    ("data: a\n\n", ["a"]), ("data:a\r\n\r\n", ["a"]), ("data: a\r\r", ["a"]),
    ("data:  a\n\n", [" a"]), ("data: a\ndata: b\n\n", ["a\nb"]),
    ("data: a\r\ndata: b\r\n\r\n", ["a\nb"]), ("data: a\rdata: b\r\r", ["a\nb"]),
    ("data\n\n", [""]),
    ("data:\n\n", [""]), ("data: a\n", []), ("data: a", []), (": comment\n\ndata: a\n\n", ["a"]),
    ("event: message\nid: 1\nretry: 5\ndata: {}\n\n", ["{}"]), ("id: 1\n\n", []),
    ("data: a\n\ndata: b\n\n", ["a", "b"]), ("\n\n\ndata: a\n\n", ["a"]),
    ("\u{FEFF}data: a\n\n", ["a"]), ("data: a\n\n\u{FEFF}data: b\n\n", ["a"]),
    ("database: a\n\n", []), ("Data: a\n\n", []), (" data: a\n\n", []), ("data : a\n\n", []),
    ("data: a:b: c\n\n", ["a:b: c"]), ("data: é😀\n\n", ["é😀"]),
    ("data: a\r\n\ndata: b\n\r\n", ["a", "b"]),
    ("data: a\n\n\r\n", ["a"]), (":\r\n\r\ndata: x\r\n\r\n", ["x"]),
  ]

  @Test("A stream's events are read, however its bytes come", arguments: cases)
  func streams(_ text: String, _ expected: [String]) {
    for piece in [.max, 1, 2, 3, 7] {
      #expect(events(text, piece: piece) == expected, "in pieces of \(piece)")
    }
  }

  @Test("What is held of an unfinished event is counted")
  func buffered() {
    var parser = EventStreamParser()
    _ = Array("data: abc\ndata: de".utf8).withUnsafeBytes { parser.take($0) }
    #expect(parser.buffered == 3 + 8)
  }

  // MARK: Taking a stream up again

  static let ids: [(String, String?)] = [
    ("data: a\n\n", "before"), ("id: 1\ndata: a\n\n", "1"), ("data: a\nid: 1\n\n", "1"),
    ("id: 1\ndata:\n\n", "1"), ("id: 1\n\n", "1"), ("id: 1\n\ndata: b\n\n", "1"),
    ("id: 1\n\nid: 2\ndata: b\n\n", "2"), ("id\ndata: a\n\n", nil), ("id:\ndata: a\n\n", nil),
    ("id:  1 \n\n", " 1 "), ("id: a\0b\ndata: a\n\n", "before"), ("ID: 1\ndata: a\n\n", "before"),
    // An event that is cut off has not been seen.
    ("id: 1\ndata: a\n", "before"), ("id: 1\ndata: a\n\nid: 2\ndata: b", "1"),
    ("id: \(String(repeating: "x", count: 1025))\n\n", "before"),
  ]

  @Test("The last event's id is that of the last whole event", arguments: ids)
  func lastIDs(_ text: String, _ expected: String?) {
    var parser = EventStreamParser(after: Array("before".utf8))
    _ = Array(text.utf8).withUnsafeBytes { parser.take($0) }
    #expect(parser.lastEventID.map { String(decoding: $0, as: UTF8.self) } == expected)
  }

  @Test("A new stream has no last event")
  func noID() {
    var parser = EventStreamParser()
    #expect(parser.lastEventID == nil)
    _ = Array("data: a\n\n".utf8).withUnsafeBytes { parser.take($0) }
    #expect(parser.lastEventID == nil)
  }

  @Test("An event has its own type, and the next one none of it")
  func types() {
    var parser = EventStreamParser()
    let text =
      "event: endpoint\ndata: a\n\ndata: b\n\nevent: x\n\ndata: c\n\nevent: y\nevent: z\ndata: d\n\n"
    let events = Array(text.utf8).withUnsafeBytes { parser.take($0) }
    #expect(events.map { String(decoding: $0.type, as: UTF8.self) } == ["endpoint", "", "", "z"])
    #expect(events.map { String(decoding: $0.data, as: UTF8.self) } == ["a", "b", "c", "d"])
  }

  @Test("How long to wait is taken from digits alone")
  func retries() {
    var parser = EventStreamParser()
    for (text, expected) in [
      ("retry: 1500\n", 1500), ("retry: 2s\n", 1500), ("retry: -1\n", 1500), ("retry\n", 1500),
      ("retry: 0\n", 0), ("retry: 99999999999999999999\n", 0), ("retry:7\n", 7),
    ] {
      _ = Array(text.utf8).withUnsafeBytes { parser.take($0) }
      #expect(parser.retry == expected, "\(text)")
    }
  }
}
