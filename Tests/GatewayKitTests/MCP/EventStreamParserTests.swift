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
}
