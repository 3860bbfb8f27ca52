import GatewayKit
import Testing

@Suite("Request heads")
struct RequestHeadParserTests {
  private func parse(
    _ bytes: [UInt8], resumingAt: Int = 0, limits: HeadLimits = HeadLimits()
  ) -> HeadResult<RequestHead> {
    bytes.withUnsafeBytes {
      RequestHeadParser.parse($0, limits: limits, resumingAt: resumingAt)
    }
  }

  private func head(_ text: String) throws -> RequestHead {
    guard case .head(let head) = parse(HTTPCases.latin1(text)) else {
      throw Refusal(result: "\(parse(HTTPCases.latin1(text)))")
    }
    return head
  }

  private struct Refusal: Error { let result: String }

  private func status(_ result: HeadResult<RequestHead>) -> Int? {
    if case .refused(let status, _) = result { return status }
    return nil
  }

  // MARK: By hand

  @Test("Each form by hand is taken or refused as it must be", arguments: HTTPCases.all)
  func byHand(_ form: HTTPCases.Case) {
    let result = parse(form.text)
    switch (result, form.status) {
    case (.head, nil): break
    case (.refused(let status, let reason), let expected?):
      #expect(status == expected, "\(reason)")
      #expect(!reason.isEmpty)
    default: Issue.record("it is \(result)")
    }
  }

  @Test(
    "NIOHTTP1's parser refuses nothing that is taken here, and reads the same",
    arguments: HTTPCases.all)
  func sameAsNIO(_ form: HTTPCases.Case) {
    #expect(HTTPOracle.disagreement(form.text) == nil)
  }

  @Test("A head in two parts, cut anywhere, comes to what the whole comes to")
  func everyCut() {
    for form in HTTPCases.all where form.text.count < 400 {
      for cut in 1..<form.text.count {
        let first = parse(Array(form.text[..<cut]))
        if case .refused(let status, _) = first {
          #expect(form.status != nil, "\(form.testDescription) cut at \(cut): \(status)")
          continue
        }
        guard case .incomplete = first else { continue }
        switch (parse(form.text, resumingAt: cut), parse(form.text)) {
        case (.head(let parts), .head(let whole)):
          #expect("\(parts)" == "\(whole)")
        case (.refused(let parts, _), .refused(let whole, _)):
          #expect(parts == whole, "\(form.testDescription) cut at \(cut)")
        default:
          Issue.record("\(form.testDescription) differs when cut at \(cut)")
        }
      }
    }
  }

  @Test("No proper prefix of a good head is a head, nor refused")
  func prefixes() {
    let text = HTTPCases.latin1(
      "POST /mcp?x HTTP/1.1\r\nHost: a\r\nX: y\r\nContent-Length: 2\r\n\r\n")
    for length in 0..<text.count {
      guard case .incomplete = parse(Array(text[..<length])) else {
        Issue.record("\(length) bytes are \(parse(Array(text[..<length])))")
        continue
      }
    }
  }

  // MARK: What is found

  @Test("The parts of a head lie where they lie")
  func parts() throws {
    let text = """
      POST /mcp/erpnext?a=1 HTTP/1.1\r
      HOST: mcp.example.com:443\r
      origin:https://a.example\r
      Authorization:  Bearer key \t\r
      Accept: application/json, text/event-stream\r
      Content-Type: application/json\r
      mcp-session-id: s\r
      MCP-PROTOCOL-VERSION: 2025-11-25\r
      Mcp-Method: tools/call\r
      Mcp-Name: get\r
      Last-Event-ID: 7\r
      Content-Length: 12\r
      Expect: 100-continue\r
      \r

      """
    let head = try head(text)
    let bytes = Array(text.utf8)
    func part(_ range: Range<Int>?) -> String? {
      range.map { String(decoding: bytes[$0], as: UTF8.self) }
    }
    #expect(head.method == .post)
    #expect(part(head.methodRange) == "POST")
    #expect(part(head.target) == "/mcp/erpnext?a=1")
    #expect(head.length == bytes.count)
    #expect(part(head.host) == "mcp.example.com:443")
    #expect(part(head.origin) == "https://a.example")
    #expect(part(head.authorization) == "Bearer key")
    #expect(part(head.accept) == "application/json, text/event-stream")
    #expect(part(head.contentType) == "application/json")
    #expect(part(head.sessionID) == "s")
    #expect(part(head.protocolVersion) == "2025-11-25")
    #expect(part(head.mcpMethod) == "tools/call")
    #expect(part(head.mcpName) == "get")
    #expect(part(head.lastEventID) == "7")
    #expect(head.body == .length(12))
    #expect(head.expectsContinue)
    #expect(head.keepAlive)
    #expect(!head.isHTTP10)
    #expect(!head.hasParameterHeaders)
    #expect(!head.hasDuplicateOrigin)
  }

  @Test("Bytes behind a head are left alone")
  func length() throws {
    let text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET \u{0}\n"
    #expect(try head(text).length == 27)
  }

  @Test("Every field is handed out in its order, trimmed, values as they are")
  func everyField() throws {
    let text = "GET / HTTP/1.1\r\nHost: a\r\nX:\t 1 \r\nx: \u{E9}\r\nEmpty:\r\n\r\nbody: x\r\n"
    let bytes = HTTPCases.latin1(text)
    var fields: [String] = []
    let head = try head(text)
    bytes.withUnsafeBytes { raw in
      head.forEachField(in: raw) { name, value in
        fields.append(String(decoding: name, as: UTF8.self) + "=\(Array(value))")
      }
    }
    #expect(fields == ["Host=[97]", "X=[49]", "x=[233]", "Empty=[]"])
  }

  @Test("Whether a connection goes on is the version's and the Connection header's to say")
  func keepAlive() throws {
    func keeps(_ version: String, _ fields: String...) throws -> Bool {
      let lines = (["Host: a"] + fields).map { $0 + "\r\n" }.joined()
      return try head("GET / HTTP/\(version)\r\n\(lines)\r\n").keepAlive
    }
    #expect(try keeps("1.1"))
    #expect(try keeps("1.1", "Connection: keep-alive"))
    #expect(try keeps("1.1", "Connection: closed, x-close"))
    #expect(try !keeps("1.1", "Connection: close"))
    #expect(try !keeps("1.1", "connection: x , CLOSE"))
    #expect(try !keeps("1.1", "Connection: keep-alive", "Connection: close"))
    #expect(try !keeps("1.0"))
    #expect(try keeps("1.0", "Connection: Keep-Alive"))
    #expect(try !keeps("1.0", "Connection: keep-alive, close"))
  }

  @Test("A target in absolute form is cut down to its path")
  func absoluteForm() throws {
    let text = "GET http://A.example:80/mcp?x=http://b/ HTTP/1.1\r\nHost: a.EXAMPLE:80\r\n\r\n"
    let head = try head(text)
    #expect(String(decoding: Array(text.utf8)[head.target], as: UTF8.self) == "/mcp?x=http://b/")
  }

  @Test("Mcp-Param headers are noticed, and two Origins")
  func notices() throws {
    func with(_ fields: String) throws -> RequestHead {
      try head("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n")
    }
    #expect(try with("mcp-PARAM-x: 1").hasParameterHeaders)
    #expect(try !with("Mcp-Param-: 1").hasParameterHeaders)
    #expect(try !with("Mcp-Params: 1").hasParameterHeaders)
    #expect(try with("Origin: a\r\nORIGIN: a").hasDuplicateOrigin)
    #expect(try !with("Origin: a").hasDuplicateOrigin)
  }

  @Test("Of several Accept lines the one with event streams counts")
  func accept() throws {
    for (lines, expected) in [
      ("Accept: a\r\nAccept: b", "a"),
      ("Accept: a\r\nAccept: b, text/event-stream", "b, text/event-stream"),
      ("Accept: text/event-stream\r\nAccept: b", "text/event-stream"),
    ] {
      let text = "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n"
      let range = try #require(try head(text).accept)
      #expect(String(decoding: Array(text.utf8)[range], as: UTF8.self) == expected)
    }
  }

  @Test("HTTP/1.0 expects no 100 Continue")
  func expectsContinue() throws {
    #expect(
      try !head("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
        .expectsContinue)
  }

  // MARK: Limits

  @Test("Limits are those that are asked for")
  func ownLimits() {
    let text = HTTPCases.latin1("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n")
    #expect(status(parse(text, limits: HeadLimits(bytes: text.count, lines: 2))) == nil)
    #expect(status(parse(text, limits: HeadLimits(bytes: text.count - 1, lines: 2))) == 431)
    #expect(status(parse(text, limits: HeadLimits(bytes: text.count, lines: 1))) == 431)
  }

  @Test("A head that never ends is refused once it is too large, resumed or not")
  func endless() {
    let text = Array(repeating: UInt8(ascii: "a"), count: 16_385)
    #expect(status(parse(Array(text.dropLast()))) == nil)
    #expect(status(parse(text)) == 431)
    #expect(status(parse(text, resumingAt: 16_384)) == 431)
  }

  @Test(
    "Each byte that is no token character is refused in names and methods, each control character in values"
  )
  func everyByte() {
    let token = Set(
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    for byte in UInt8.min...UInt8.max {
      for padding in [0, 3, 8] {
        let fill = Array(repeating: UInt8(ascii: "x"), count: padding)
        let name =
          Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8) + fill + [byte] + Array("y: z\r\n\r\n".utf8)
        let isColon = byte == UInt8(ascii: ":") && padding > 0
        #expect((status(parse(name)) == nil) == (token.contains(byte) || isColon), "\(byte)")
        let value =
          Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + fill + [byte] + fill
          + Array("y\r\n\r\n".utf8)
        #expect(
          (status(parse(value)) == nil) == (byte == 9 || byte >= 0x20 && byte != 0x7F), "\(byte)")
        let target =
          Array("GET /".utf8) + fill + [byte] + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        #expect((status(parse(target)) == nil) == (byte > 0x20 && byte < 0x7F), "\(byte)")
      }
    }
  }

  @Test("No bytes at all are an incomplete head")
  func noBytes() {
    let result = RequestHeadParser.parse(
      UnsafeRawBufferPointer(start: nil, count: 0), limits: HeadLimits())
    guard case .incomplete = result else {
      Issue.record("it is \(result)")
      return
    }
  }
}
