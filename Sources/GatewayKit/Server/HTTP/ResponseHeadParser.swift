/// Reads a backend's response head, as strictly as a request's.
package enum ResponseHeadParser {
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, limits: HeadLimits, requestWasHead: Bool
  ) -> HeadResult<ResponseHead> {
    var lines = HeadLines(bytes)
    var head = ResponseHead()
    var contentLength: Int?
    var isChunked = false
    var isHTTP10 = false
    var hasClose = false
    var hasKeepAlive = false
    func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: bytes[range])
    }
    func refused(_ reason: String) -> HeadResult<ResponseHead> {
      .refused(status: 502, reason: reason)
    }
    func unfinished() -> HeadResult<ResponseHead> {
      bytes.count > limits.bytes
        ? refused("its head is larger than \(limits.bytes) bytes") : .incomplete
    }

    switch lines.next() {
    case .incomplete: return unfinished()
    case .end: return refused("it begins with an empty line")
    case .refused(let reason): return refused(reason)
    case .line(let line):
      // HTTP/1.1 SP 3DIGIT [SP reason]
      guard line.count >= 12 else { return refused("its status line is malformed") }
      let version = part(line.lowerBound..<line.lowerBound + 9)
      isHTTP10 = Token.equals(version, "HTTP/1.0 ")
      guard isHTTP10 || Token.equals(version, "HTTP/1.1 "),
        let status = Token.decimal(part(line.lowerBound + 9..<line.lowerBound + 12)),
        (100...599).contains(status), line.count == 12 || bytes[line.lowerBound + 12] == 0x20,
        Token.isFieldValue(part(line.lowerBound + 12..<line.upperBound))
      else { return refused("its status line is malformed") }
      head.status = status
    }

    var count = 0
    reading: while true {
      switch lines.next() {
      case .incomplete: return unfinished()
      case .refused(let reason): return refused(reason)
      case .end:
        guard lines.offset <= limits.bytes else {
          return refused("its head is larger than \(limits.bytes) bytes")
        }
        break reading
      case .line(let line):
        count += 1
        guard count <= limits.lines, lines.offset <= limits.bytes else {
          return refused("its head is larger than \(limits.bytes) bytes or \(limits.lines) lines")
        }
        guard bytes[line.lowerBound] > 0x20, let (name, value) = lines.field(line) else {
          return refused("a header line is malformed")
        }
        let key = part(name)
        switch key.count {
        case 10 where Token.equalsIgnoringCase(key, "connection"):
          if Token.list(part(value), has: "close") { hasClose = true }
          if Token.list(part(value), has: "keep-alive") { hasKeepAlive = true }
        case 12 where Token.equalsIgnoringCase(key, "content-type"):
          head.isEventStream = Token.isMediaType(part(value), "text/event-stream")
        case 14 where Token.equalsIgnoringCase(key, "content-length"):
          guard contentLength == nil, let length = Token.decimal(part(value)) else {
            return refused("its Content-Length is malformed or comes twice")
          }
          contentLength = length
        case 14 where Token.equalsIgnoringCase(key, "mcp-session-id"):
          guard head.sessionID == nil else { return refused("it has more than one Mcp-Session-Id") }
          head.sessionID = value
        case 17 where Token.equalsIgnoringCase(key, "transfer-encoding"):
          guard !isChunked, Token.equalsIgnoringCase(part(value), "chunked") else {
            return refused("its transfer coding is not a single chunked")
          }
          isChunked = true
        default:
          break
        }
      }
    }
    guard !isChunked || contentLength == nil else {
      return refused("it has both Transfer-Encoding and Content-Length")
    }
    head.length = lines.offset
    head.keepAlive = !hasClose && (!isHTTP10 || hasKeepAlive)
    // RFC 9112, section 6.3.
    if requestWasHead || head.status < 200 || head.status == 204 || head.status == 304 {
      head.body = .none
    } else if isChunked {
      head.body = .chunked
    } else if let contentLength {
      head.body = .length(contentLength)
    } else {
      head.body = .untilClose
      head.keepAlive = false
    }
    return .head(head)
  }
}
