import GatewayKit
import Testing

@Suite("Response heads")
struct ResponseHeadParserTests {
  private func parse(_ text: String, requestWasHead: Bool = false) -> HeadResult<ResponseHead> {
    HTTPCases.latin1(text).withUnsafeBytes {
      ResponseHeadParser.parse($0, limits: HeadLimits(), requestWasHead: requestWasHead)
    }
  }

  private func head(_ text: String, requestWasHead: Bool = false) -> ResponseHead? {
    guard case .head(let head) = parse(text, requestWasHead: requestWasHead) else { return nil }
    return head
  }

  @Test("A response's body is framed by its status and headers")
  func framing() {
    let length = "Content-Length: 5\r\n"
    let chunked = "Transfer-Encoding: chunked\r\n"
    let cases: [(String, String, BodyFraming)] = [
      ("200 OK", length, .length(5)), ("200 OK", chunked, .chunked), ("200 OK", "", .untilClose),
      ("204 No Content", length, .none), ("304 Not Modified", length, .none), ("304", "", .none),
      ("100 Continue", "", .none), ("103 Early Hints", length, .none),
      ("500 No", length, .length(5)),
      ("200 OK", "Content-Length: 0\r\n", .length(0)), ("404", length, .length(5)),
      ("299 ", "", .untilClose),
    ]
    for (status, fields, body) in cases {
      let text = "HTTP/1.1 \(status)\r\n\(fields)\r\n"
      #expect(head(text)?.body == body, "\(status) \(fields)")
      #expect(head(text)?.length == text.utf8.count)
      #expect(head(text, requestWasHead: true)?.body == BodyFraming.none)
    }
  }

  @Test("A connection is kept where the body has an end and nobody says close")
  func keepAlive() {
    for (version, fields, expected) in [
      ("1.1", "Content-Length: 0\r\n", true), ("1.1", "", false),
      ("1.1", "Content-Length: 0\r\nConnection: close\r\n", false),
      ("1.0", "Content-Length: 0\r\n", false),
      ("1.0", "Content-Length: 0\r\nConnection: keep-alive\r\n", true),
      ("1.1", "Content-Length: 0\r\nConnection: x, Close\r\n", false),
    ] {
      #expect(head("HTTP/\(version) 200 OK\r\n\(fields)\r\n")?.keepAlive == expected, "\(fields)")
    }
  }

  @Test("An event stream is told by its type, with parameters or without")
  func eventStreams() {
    for (type, expected) in [
      ("text/event-stream", true), ("TEXT/Event-Stream;charset=utf-8", true),
      ("text/event-stream ; a", true), ("text/event-streams", false), ("application/json", false),
      ("x; text/event-stream", false), ("", false),
    ] {
      let head = head("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\n\r\n")
      #expect(head?.isEventStream == expected, "\(type)")
    }
  }

  @Test(
    "What is no response is refused as the backend's fault",
    arguments: [
      "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 +20 OK\r\n\r\n",
      "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n",
      "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
      "ICY 200 OK\r\n\r\n", "HTTP/1.1 200 O\u{0}K\r\n\r\n", "HTTP/1.1 200 OK\n\n",
      "HTTP/1.1 200 OK\r\nX : a\r\n\r\n", "HTTP/1.1 200 OK\r\n X: a\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\u{0}\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nMcp-Session-Id: a\r\nMcp-Session-Id: b\r\n\r\n",
      "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 101) + "\r\n",
      "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 17_000) + "\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 17_000),
    ])
  func refused(_ text: String) {
    guard case .refused(let status, let reason) = parse(text) else {
      Issue.record("it is \(parse(text))")
      return
    }
    #expect(status == 502)
    #expect(!reason.isEmpty)
  }

  @Test("No proper prefix of a good head is a head, nor refused")
  func prefixes() {
    let text = "HTTP/1.1 200 OK\r\nMcp-Session-Id: abc\r\nContent-Length: 2\r\n\r\n"
    for length in 0..<text.utf8.count {
      guard case .incomplete = parse(String(text.unicodeScalars.prefix(length))) else {
        Issue.record("\(length) bytes")
        continue
      }
    }
    #expect(head(text)?.sessionID.map { Array(text.utf8)[$0].elementsEqual("abc".utf8) } == true)
  }
}
