import Testing

/// Requests by hand: each malformed form that the framing refuses, and what it takes beside them.
enum HTTPCases {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: [UInt8]
    /// Nil: it is taken.
    let status: Int?

    var testDescription: String { "\(String(decoding: text, as: UTF8.self).debugDescription)" }
  }

  static let all = requestLines + fields + framing + hosts + limits

  private static func refused(_ status: Int, _ texts: String...) -> [Case] {
    texts.map { Case(text: latin1($0), status: status) }
  }

  private static func taken(_ texts: String...) -> [Case] {
    texts.map { Case(text: latin1($0), status: nil) }
  }

  /// A byte a scalar.
  static func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }

  private static func lines(_ fields: String...) -> String {
    "POST /mcp HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
  }

  // MARK: Request lines

  private static func request(_ line: String) -> String { line + "\r\nHost: a\r\n\r\n" }

  static let requestLines =
    taken(
      request("GET / HTTP/1.1"), request("GET /mcp?a=b&c=%20 HTTP/1.1"),
      request("DELETE /mcp/erpnext HTTP/1.1"), request("OPTIONS * HTTP/1.1"),
      request("OPTIONS / HTTP/1.1"), request("HEAD /mcp HTTP/1.1"), request("PUT /a HTTP/1.1"),
      request("PATCH /a HTTP/1.1"), request("TRACE / HTTP/1.1"), request("GET // HTTP/1.1"),
      request("GET /%6dcp HTTP/1.1"), request("GET /a/../b HTTP/1.1"), request("GET / HTTP/1.0"),
      "GET / HTTP/1.0\r\n\r\n", request("GET http://a/mcp HTTP/1.1"),
      request("GET HTTPS://A/mcp?x HTTP/1.1"), request("GET /[]\"<>\\^`{|} HTTP/1.1"),
      request("GET /" + String(repeating: "a", count: 8000) + " HTTP/1.1"))
    + refused(
      400, "\r\n", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET\r\nHost: a\r\n\r\n",
      request("GET /"), request("GET  HTTP/1.1"), request("GET HTTP/1.1"),
      request(" GET / HTTP/1.1"),
      request("GET  / HTTP/1.1"), request("GET /  HTTP/1.1"), request("GET / HTTP/1.1 "),
      request("GET\t/ HTTP/1.1"), request("GET /\tHTTP/1.1"), request("GET / a HTTP/1.1"),
      request("GET /a b HTTP/1.1"), request("GET a HTTP/1.1"), request("GET ?a HTTP/1.1"),
      request("GET * HTTP/1.1"), request("POST * HTTP/1.1"), request("OPTIONS ** HTTP/1.1"),
      request("GET a:80 HTTP/1.1"), request("CONNECT a:443 HTTP/1.1"),
      request("GET ftp://a/ HTTP/1.1"), request("GET http:/a/ HTTP/1.1"),
      request("GET http:// HTTP/1.1"), request("GET http://a HTTP/1.1"),
      request("GET http:///mcp HTTP/1.1"), request("GET http://b/mcp HTTP/1.1"),
      request("GET http://a:80/mcp HTTP/1.1"), request("GET http://u@a/mcp HTTP/1.1"),
      request("GET http://a?x/ HTTP/1.1"), request("GET //\u{0}/ HTTP/1.1"),
      request("GET /\u{1} HTTP/1.1"), request("GET /\u{7F} HTTP/1.1"),
      request("GET /\u{E9} HTTP/1.1"),
      request("GET /\u{0B} HTTP/1.1"), request("GET / http/1.1"), request("GET / HTTP 1.1"),
      request("GET / HTTP/11"), request("GET / HTTP/1.1x"), request("GET / HTTP/1.10"),
      request("GET / HTTP/01.1"), request("GET / XTTP/1.1"), request("GET / HTTP/2"),
      request("G\u{0}T / HTTP/1.1"), request("G@T / HTTP/1.1"), request("GET, / HTTP/1.1"),
      request("G\u{E9}T / HTTP/1.1"), request("(GET) / HTTP/1.1"),
      "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\nHost: a\r\n\r\n", "\nGET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", "GET / \rHTTP/1.1\r\nHost: a\r\n\r\n")
    + refused(
      501, request("get / HTTP/1.1"), request("Post / HTTP/1.1"), request("BREW /pot HTTP/1.1"),
      request("PROPFIND / HTTP/1.1"), request("G / HTTP/1.1"), request("GETT / HTTP/1.1"),
      request("OPTION / HTTP/1.1"))
    + refused(
      505, request("GET / HTTP/1.2"), request("GET / HTTP/2.0"), request("GET / HTTP/0.9"),
      request("GET / HTTP/9.9"),
      request("GET / HTTP/3.1"),
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

  // MARK: Fields

  static let fields =
    taken(
      lines(), lines("X:"), lines("X: "), lines("X:a"), lines("X:\ta\t"), lines("X: a b\tc "),
      lines("X: \u{80}\u{FF}"), lines("!#$%&'*+-.^_`|~09Az: a"), lines("X: a", "X: b"),
      lines("X: a:b:c"), lines("Accept: a", "Accept: text/event-stream"),
      lines("Origin: a", "Origin: b"), lines("Cookie: a", "Cookie: b"), lines("X: \"\\\""),
      lines("Mcp-Param-A: 1", "Mcp-Param-A: 2"), lines("Connection: close", "Connection: close"),
      lines("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMA"))
    + refused(
      400, lines(" X: a"), lines("\tX: a"), lines("X: a", " b"), lines("X: a", "\tb"),
      lines("X : a"),
      lines("X\t: a"), lines(" : a"), lines(": a"), lines(":"), lines("X"), lines("X a"),
      lines("X\u{0}: a"), lines("X: a\u{0}"), lines("X: \u{0}a"), lines("X: a\u{1}b"),
      lines("X: a\u{0B}b"), lines("X: a\u{0C}b"), lines("X: a\u{7F}"), lines("X: a\u{1B}[0m"),
      lines("X\u{E9}: a"), lines("X(: a"), lines("X/: a"), lines("X@: a"), lines("X[]: a"),
      lines("\"X\": a"), lines("X;: a"), lines("X=: a"), lines("X{: a"), lines("X Y: a"),
      lines("X: a\rb"), lines("X: a\r"), lines("X: a\nY: b"), lines("X: a\n"), lines("\rX: a"),
      "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\n",
      lines("Authorization: a", "Authorization: a"), lines("Authorization: a", "AUTHORIZATION: b"),
      lines("Host: a"), lines("host: b"), lines("Content-Type: a", "Content-Type: a"),
      lines("Content-Length: 0", "Content-Length: 0"),
      lines("Content-Length: 0", "content-length: 1"),
      lines("Mcp-Session-Id: a", "Mcp-Session-Id: a"), lines("Mcp-Method: a", "mcp-method: a"),
      lines("Mcp-Name: a", "Mcp-Name: b"), lines("Last-Event-ID: a", "Last-Event-ID: a"),
      lines("MCP-Protocol-Version: a", "Mcp-Protocol-Version: a"))
    + refused(417, lines("Expect: 200-ok"), lines("Expect: 100-continue, x"), lines("Expect:"))

  // MARK: Framing

  static let framing =
    taken(
      lines("Content-Length: 0"), lines("Content-Length: 000"), lines("content-length:0"),
      lines("Transfer-Encoding: chunked") + "0\r\n\r\n",
      lines("transfer-encoding:\tCHUNKED ") + "1\r\na\r\n0\r\n\r\n",
      lines("Content-Length: 3") + "abc", lines("Expect: 100-Continue", "Content-Length: 1") + "a")
    + refused(
      400, lines("Content-Length:"), lines("Content-Length: "), lines("Content-Length: a"),
      lines("Content-Length: -1"), lines("Content-Length: +1"), lines("Content-Length: 1a"),
      lines("Content-Length: 1 1"), lines("Content-Length: 1,1"), lines("Content-Length: 1, 1"),
      lines("Content-Length: 0x1"), lines("Content-Length: 1.0"), lines("Content-Length: 1e1"),
      lines("Content-Length: 1_0"), lines("Content-Length: \u{B2}"),
      lines("Content-Length: 9223372036854775808"), lines("Content-Length: 18446744073709551616"),
      lines("Content-Length: 99999999999999999999999"),
      lines("Content-Length: 0000000000000001"),
      lines("Transfer-Encoding: gzip"), lines("Transfer-Encoding: gzip, chunked"),
      lines("Transfer-Encoding: chunked, gzip"), lines("Transfer-Encoding: chunked, chunked"),
      lines("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
      lines("Transfer-Encoding: gzip", "Transfer-Encoding: chunked"),
      lines("Transfer-Encoding:"), lines("Transfer-Encoding: identity"),
      lines("Transfer-Encoding: xchunked"), lines("Transfer-Encoding: chunkedx"),
      lines("Transfer-Encoding: chunked;a=b"), lines("Transfer-Encoding: \"chunked\""),
      lines("Transfer-Encoding: chunked,"), lines("Transfer-Encoding: ,chunked"),
      lines("Transfer-Encoding: chunked", "Content-Length: 0"),
      lines("Content-Length: 5", "Transfer-Encoding: chunked"),
      lines("Transfer-Encoding : chunked"), lines("Transfer-Encoding: chunked\u{0B}"),
      "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")

  // MARK: Hosts

  private static func host(_ value: String) -> String { "GET / HTTP/1.1\r\nHost: \(value)\r\n\r\n" }

  static let hosts =
    taken(
      host("a"), host("a.example:443"), host("127.0.0.1:4444"), host("[::1]:80"), host("localhost"),
      host("xn--bcher-kva.example"), host("a_b"), "GET / HTTP/1.0\r\n\r\n")
    + refused(
      400, "GET / HTTP/1.1\r\n\r\n", host(""), host(" "), host("a b"), host("a,b"), host("a/b"),
      host("a?b"), host("a#b"), host("u@a"), host("a\\b"), host("\"a\""), host("a\tb"),
      host("<a>"), host("\u{E9}"), host("a`b"), host("a{b}"), host("a|b"), host("a^b"),
      "GET / HTTP/1.0\r\nHost: a b\r\n\r\n", "GET / HTTP/1.0\r\nHost:\r\n\r\n")

  // MARK: Limits

  static let limits =
    taken(
      lines("X: " + String(repeating: "a", count: 16_384 - lines("X: ").utf8.count)),
      request("GET / HTTP/1.1").replacing(
        "\r\n\r\n", with: "\r\n" + String(repeating: "A:\r\n", count: 99) + "\r\n"))
    + refused(
      431, lines("X: " + String(repeating: "a", count: 16_385 - lines("X: ").utf8.count)),
      lines("X: " + String(repeating: "a", count: 100_000)),
      "GET /" + String(repeating: "a", count: 16_384),
      "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000),
      request("GET / HTTP/1.1").replacing(
        "\r\n\r\n", with: "\r\n" + String(repeating: "A:\r\n", count: 100) + "\r\n"),
      "GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 5000))
}
