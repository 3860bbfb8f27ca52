import GatewayKit
import Testing

@Suite("Chunked bodies")
struct ChunkedBodyTests {
  private enum Outcome: Equatable {
    case body(String, consumed: Int)
    case incomplete
    case refused
  }

  private func read(_ text: String, piece: Int = .max) -> Outcome {
    let bytes = HTTPCases.latin1(text)
    var chunks = ChunkedBody()
    var body: [UInt8] = []
    var start = 0
    while start < bytes.count {
      let end = piece < bytes.count - start ? start + piece : bytes.count
      do {
        let read = try bytes[start..<end].withUnsafeBytes { raw in
          try chunks.consume(raw) { body += $0 }
        }
        if read.isComplete {
          return .body(String(decoding: body, as: UTF8.self), consumed: start + read.consumed)
        }
        guard read.consumed == end - start else { return .refused }
      } catch {
        return .refused
      }
      start = end
    }
    return .incomplete
  }

  static let bodies: [(String, String)] = [
    ("0\r\n\r\n", ""), ("00000000\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
    ("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde"), ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
    ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
    ("0000000a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
    ("4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"), ("1;a\r\nx\r\n0;b\r\n\r\n", "x"),
    ("1;a=b;c=\"d;e\\\"f\"\r\nx\r\n0\r\n\r\n", "x"),
    ("0\r\nX: y\r\n\r\n", ""), ("0\r\nX:\r\nY: a b\tc\r\n\r\n", ""),
    ("0\r\nContent-Lengths: 1\r\nContent-Lengt: 1\r\nConnectioN-: a\r\n\r\n", ""),
    ("0\r\nxConnection: a\r\nupgrad: b\r\n\r\n", ""),
  ]

  @Test("A body is the same however its bytes come, and ends where it ends", arguments: bodies)
  func whole(_ text: String, _ body: String) {
    for piece in [.max, 1, 2, 3, 5] {
      #expect(
        read(text + "GET", piece: piece) == .body(body, consumed: text.utf8.count), "in \(piece)s")
    }
    for length in 0..<text.utf8.count {
      #expect(read(String(text.unicodeScalars.prefix(length))) == .incomplete, "\(length) bytes")
    }
  }

  @Test(
    "Malformed chunks are refused, however they come",
    arguments: [
      "\r\n", "x\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "5\t\r\nhello\r\n", "+5\r\nhello\r\n",
      "-5\r\nhello\r\n", "0x5\r\nhello\r\n", "5\nhello\n", "5\r\nhello\n0\r\n\r\n", "5\r\rhello",
      "5\r\nhelloo\r\n", "5\r\nhell\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "000000005\r\nhello\r\n",
      "fffffffff\r\n", "5;\r\nhello\r\n", "5; a\r\nhello\r\n", "5;a b\r\nhello\r\n",
      "5;a=\r\nhello\r\n", "5;=a\r\nhello\r\n", "5;a=\"b\r\nhello\r\n", "5;a=\"b\"c\r\nhello\r\n",
      "5;a=b\"\r\nhello\r\n", "5;a\u{0}\r\nhello\r\n", "5;a\nb\r\nhello\r\n", "5;a\r\rhello\r\n",
      "5;a=\"\u{1}\"\r\nhello\r\n", "5;a=\"\\\u{1}\"\r\nhello\r\n", "5,\r\nhello\r\n",
      "0\r\n\n", "0\r\nX\r\n\r\n", "0\r\n: y\r\n\r\n", "0\r\n X: y\r\n\r\n", "0\r\nX : y\r\n\r\n",
      "0\r\nX: y\n\r\n", "0\r\nX: \u{0}\r\n\r\n", "0\r\nX: y\r\n\n", "0\r\nX: y\r\n z\r\n\r\n",
      "0\r\nContent-Length: 1\r\n\r\n", "0\r\nA: b\r\ntransfer-ENCODING: chunked\r\n\r\n",
      "0\r\nconnection:\r\n\r\n", "0\r\nUpgrade: a\r\n\r\n", "0\r\nProxy-Connection: a\r\n\r\n",
      "0\r\nX: y\rz\r\n\r\n", "0\r\n\rX", "0\nX: y\r\n\r\n", "g\r\n", "5\u{0}\r\n",
    ])
  func malformed(_ text: String) {
    for piece in [.max, 1, 2, 3, 5] {
      #expect(read(text + "0\r\n\r\n0\r\n\r\n", piece: piece) == .refused, "in \(piece)s")
    }
  }

  @Test("The largest size is eight hex digits")
  func largestSize() {
    #expect(read("ffffffff\r\nx") == .incomplete)
    #expect(read("100000000\r\nx") == .refused)
  }

  @Test("Extensions and trailers are bounded by the payload and a fixed allowance")
  func bounds() {
    let padding = String(repeating: "a", count: 8000)
    #expect(read("1;\(padding)\r\nx\r\n0\r\n\r\n") != .refused)
    #expect(read("1;\(padding + padding)\r\nx\r\n0\r\n\r\n") == .refused)
    #expect(read("0\r\nX: \(padding)\r\n\r\n") != .refused)
    #expect(read("0\r\nX: \(padding)\r\nY: \(padding)\r\n\r\n") == .refused)
    let short = "1;\(String(repeating: "a", count: 100))\r\nx\r\n"
    #expect(read(String(repeating: short, count: 80)) == .incomplete)
    #expect(read(String(repeating: short, count: 90)) == .refused)
    // As a signed upload has them: an extension of less than its chunk, without end.
    let signed =
      "80;\(String(repeating: "a", count: 100))\r\n" + String(repeating: "x", count: 128) + "\r\n"
    #expect(read(String(repeating: signed, count: 1000)) == .incomplete)
  }

  @Test("Payload is handed out as it comes, nothing held back")
  func payload() throws {
    var chunks = ChunkedBody()
    var spans: [Int] = []
    for text in ["a\r\n01234", "56789\r", "\n2\r\nab", "\r\n0\r\n\r\n"] {
      _ = try Array(text.utf8).withUnsafeBytes { raw in
        try chunks.consume(raw) { spans.append($0.count) }
      }
    }
    #expect(spans == [5, 5, 2])
  }

  @Test("After its end a body takes nothing")
  func afterEnd() throws {
    var chunks = ChunkedBody()
    try Array("0\r\n\r\n".utf8).withUnsafeBytes { raw in
      #expect(try chunks.consume(raw) { _ in }.isComplete)
      let again = try chunks.consume(raw) { _ in }
      #expect(again.consumed == 0)
      #expect(again.isComplete)
    }
  }
}
