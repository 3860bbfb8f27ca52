import Glibc

/// Reads a request's head, strictly: what two parsers could read in two ways is refused.
///
/// RFC 9112 with these refusals: both Content-Length and Transfer-Encoding, any transfer coding but
/// a single `chunked`, more than one Content-Length, Host, Authorization, Content-Type or `Mcp-…`
/// header, obsolete line folding, bare CR or LF, control characters, unknown methods.
package enum RequestHeadParser {
  /// - Parameter resumingAt: how many bytes an earlier, incomplete attempt has seen.
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, limits: HeadLimits, resumingAt: Int = 0
  ) -> HeadResult<RequestHead> {
    // A head that grows byte by byte is not read from its start each time.
    if resumingAt > 0, !hasEnd(bytes, from: resumingAt) {
      return bytes.count > limits.bytes ? tooLarge(limits) : .incomplete
    }
    var parser = Parser(lines: HeadLines(bytes))
    return parser.run(limits)
  }

  /// Whether a line ends in these bytes; a bare LF is for the parser to refuse.
  private static func hasEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
    guard start < bytes.count, let base = bytes.baseAddress else { return false }
    return memchr(base + start, 0x0A, bytes.count - start) != nil
  }

  static func tooLarge(_ limits: HeadLimits) -> HeadResult<RequestHead> {
    .refused(
      status: 431,
      reason: "its head is larger than \(limits.bytes) bytes or \(limits.lines) lines")
  }

  private struct Parser {
    var lines: HeadLines
    var head = RequestHead()
    var contentLength: Int?
    var isChunked = false
    var connectionClose = false
    var connectionKeepAlive = false
    /// Of a target in absolute form.
    var authority: Range<Int>?

    var bytes: UnsafeRawBufferPointer { lines.bytes }

    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    mutating func run(_ limits: HeadLimits) -> HeadResult<RequestHead> {
      switch lines.next() {
      case .incomplete: return unfinished(limits)
      case .end: return .refused(status: 400, reason: "it begins with an empty line")
      case .refused(let reason): return .refused(status: 400, reason: reason)
      case .line(let line):
        if let (status, reason) = readRequestLine(line) {
          return .refused(status: status, reason: reason)
        }
      }
      var count = 0
      while true {
        switch lines.next() {
        case .incomplete:
          return unfinished(limits)
        case .refused(let reason):
          return .refused(status: 400, reason: reason)
        case .line(let line):
          count += 1
          guard count <= limits.lines, lines.offset <= limits.bytes else { return tooLarge(limits) }
          if let (status, reason) = readField(line) {
            return .refused(status: status, reason: reason)
          }
        case .end:
          guard lines.offset <= limits.bytes else { return tooLarge(limits) }
          head.length = lines.offset
          return finish()
        }
      }
    }

    func unfinished(_ limits: HeadLimits) -> HeadResult<RequestHead> {
      bytes.count > limits.bytes ? tooLarge(limits) : .incomplete
    }

    // MARK: The request line

    typealias Refusal = (Int, String)

    mutating func readRequestLine(_ line: Range<Int>) -> Refusal? {
      // METHOD SP TARGET SP HTTP/d.d (RFC 9112, section 3)
      let versionStart = line.upperBound - 8
      guard let first = index(of: 0x20, in: line), first + 1 < versionStart,
        bytes[versionStart - 1] == 0x20
      else { return notARequestLine }
      head.methodRange = line.lowerBound..<first
      let method = part(head.methodRange)
      guard Token.isToken(method) else { return (400, "its method is not a token") }
      head.target = first + 1..<versionStart - 1
      guard !head.target.isEmpty, Token.isVisible(part(head.target)) else {
        return (400, "its target is empty or has characters that must be percent-encoded")
      }
      let version = part(versionStart..<line.upperBound)
      if Token.equals(version, "HTTP/1.0") {
        head.isHTTP10 = true
      } else if !Token.equals(version, "HTTP/1.1") {
        return Token.equals(UnsafeRawBufferPointer(rebasing: version[..<5]), "HTTP/")
          ? (505, "only HTTP/1.1 and HTTP/1.0 are spoken here") : notARequestLine
      }
      head.method = HTTPMethod(method)
      guard head.method != .other || HTTPMethod.isKnown(method) else {
        return (501, "its method is unknown")
      }
      return readTarget()
    }

    var notARequestLine: Refusal { (400, "its first line is not METHOD TARGET VERSION") }

    func index(of byte: UInt8, in range: Range<Int>) -> Int? {
      for index in range where bytes[index] == byte { return index }
      return nil
    }

    mutating func readTarget() -> Refusal? {
      let target = head.target
      if bytes[target.lowerBound] == UInt8(ascii: "/") { return nil }
      if target.count == 1, bytes[target.lowerBound] == UInt8(ascii: "*"), head.method == .options {
        return nil
      }
      // The absolute form must be accepted too (RFC 9112, section 3.2.2).
      for scheme: StaticString in ["http://", "https://"] {
        let start = target.lowerBound + scheme.utf8CodeUnitCount
        guard start < target.upperBound,
          Token.equalsIgnoringCase(part(target.lowerBound..<start), scheme)
        else { continue }
        guard let slash = index(of: UInt8(ascii: "/"), in: start..<target.upperBound) else { break }
        authority = start..<slash
        head.target = slash..<target.upperBound
        return nil
      }
      return (400, "its target is not a path")
    }

    // MARK: Fields

    mutating func readField(_ line: Range<Int>) -> Refusal? {
      let first = bytes[line.lowerBound]
      guard first != 0x20, first != 0x09 else { return (400, "a header line is folded") }
      guard let (name, value) = lines.field(line) else {
        return (400, "a header line is malformed")
      }
      let key = part(name)
      switch key.count {
      case 4 where Token.equalsIgnoringCase(key, "host"):
        return once(&head.host, value, "Host")
      case 6 where Token.equalsIgnoringCase(key, "accept"):
        // A list may come in several lines (RFC 9110, section 5.3). What is asked of it is whether
        // it has event streams.
        if head.accept == nil || Token.accepts(part(value), "text/event-stream") {
          head.accept = value
        }
      case 6 where Token.equalsIgnoringCase(key, "origin"):
        if head.origin != nil { head.hasDuplicateOrigin = true }
        head.origin = value
      case 6 where Token.equalsIgnoringCase(key, "expect"):
        guard Token.equalsIgnoringCase(part(value), "100-continue") else {
          return (417, "nothing but 100-continue can be expected")
        }
        head.expectsContinue = true
      case 8 where Token.equalsIgnoringCase(key, "mcp-name"):
        return once(&head.mcpName, value, "Mcp-Name")
      case 10 where Token.equalsIgnoringCase(key, "connection"):
        if Token.list(part(value), has: "close") { connectionClose = true }
        if Token.list(part(value), has: "keep-alive") { connectionKeepAlive = true }
      case 10 where Token.equalsIgnoringCase(key, "mcp-method"):
        return once(&head.mcpMethod, value, "Mcp-Method")
      case 12 where Token.equalsIgnoringCase(key, "content-type"):
        return once(&head.contentType, value, "Content-Type")
      case 13 where Token.equalsIgnoringCase(key, "authorization"):
        return once(&head.authorization, value, "Authorization")
      case 13 where Token.equalsIgnoringCase(key, "last-event-id"):
        return once(&head.lastEventID, value, "Last-Event-ID")
      case 14 where Token.equalsIgnoringCase(key, "content-length"):
        guard contentLength == nil else { return (400, "it has more than one Content-Length") }
        guard let length = Token.decimal(part(value)) else {
          return (400, "its Content-Length is not a number")
        }
        contentLength = length
      case 14 where Token.equalsIgnoringCase(key, "mcp-session-id"):
        return once(&head.sessionID, value, "Mcp-Session-Id")
      case 17 where Token.equalsIgnoringCase(key, "transfer-encoding"):
        guard !isChunked, Token.equalsIgnoringCase(part(value), "chunked") else {
          return (400, "its transfer coding is not a single chunked")
        }
        isChunked = true
      case 20 where Token.equalsIgnoringCase(key, "mcp-protocol-version"):
        return once(&head.protocolVersion, value, "MCP-Protocol-Version")
      case 7 where Token.equalsIgnoringCase(key, "baggage"),
        10 where Token.equalsIgnoringCase(key, "tracestate"),
        11 where Token.equalsIgnoringCase(key, "traceparent"):
        head.hasTraceHeaders = true
      case 11...
      where Token.equalsIgnoringCase(part(name.lowerBound..<name.lowerBound + 10), "mcp-param-"):
        head.hasParameterHeaders = true
      default:
        break
      }
      return nil
    }

    func once(_ place: inout Range<Int>?, _ value: Range<Int>, _ name: String) -> Refusal? {
      guard place == nil else { return (400, "it has more than one \(name)") }
      place = value
      return nil
    }

    mutating func finish() -> HeadResult<RequestHead> {
      guard head.host.map({ isAuthority(part($0)) }) ?? head.isHTTP10 else {
        return .refused(status: 400, reason: "its Host is missing or malformed")
      }
      if let authority {
        guard isAuthority(part(authority)),
          head.host.map({ Token.equalsIgnoringCase(part($0), part(authority)) }) ?? true
        else {
          return .refused(status: 400, reason: "its target names another host than its Host")
        }
      }
      guard !isChunked || contentLength == nil else {
        return .refused(
          status: 400, reason: "it has both Transfer-Encoding and Content-Length")
      }
      guard !isChunked || !head.isHTTP10 else {
        return .refused(status: 400, reason: "HTTP/1.0 has no Transfer-Encoding")
      }
      if isChunked {
        head.body = .chunked
      } else if let contentLength, contentLength > 0 {
        head.body = .length(contentLength)
      }
      head.keepAlive = !connectionClose && (!head.isHTTP10 || connectionKeepAlive)
      if head.isHTTP10 { head.expectsContinue = false }
      return .head(head)
    }

    /// A host with or without a port: no white space, no list, no path, no user.
    func isAuthority(_ value: UnsafeRawBufferPointer) -> Bool {
      !value.isEmpty && ByteSet.authority.containsAll(value)
    }
  }
}
