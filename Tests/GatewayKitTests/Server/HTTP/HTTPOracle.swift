import GatewayKit
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// Compares the framing with NIOHTTP1's parser (llhttp) on the same bytes.
///
/// What that one refuses, ours refuses. Where ours takes a message, both agree on its method or
/// status, target, headers, body and whether the connection goes on. And reading in pieces comes to
/// what reading at once does.
enum HTTPOracle {
  struct Message: Equatable {
    var start = ""
    var headers: [String] = []
    var body: [UInt8] = []
    var keepAlive = true
  }

  enum Outcome: Equatable {
    case incomplete
    case refused
    case messages([Message])
  }

  /// What differs, in a sentence; nil when nothing does.
  static func disagreement(_ bytes: [UInt8]) -> String? {
    if bytes.starts(with: "HTTP/".utf8) { return responseDisagreement(bytes) }
    return requestDisagreement(bytes) ?? pieceDisagreement(bytes)
  }

  // MARK: Requests

  private static func requestDisagreement(_ bytes: [UInt8]) -> String? {
    let ours = requests(bytes)
    let theirs = nioRequests(bytes)
    return compare(ours.messages, theirs.messages, ours.ending, theirs.ending, bytes)
  }

  enum Ending: Equatable {
    case needsMore
    case refused
  }

  /// The messages that are whole, and why there are no more.
  typealias Reading = (messages: [Message], ending: Ending)

  static func requests(_ bytes: [UInt8]) -> Reading {
    var messages: [Message] = []
    var rest = bytes[...]
    while messages.count < 16 {
      let read = firstRequest(Array(rest))
      guard let (message, consumed) = read.message else { return (messages, read.ending) }
      messages.append(message)
      rest = rest.dropFirst(consumed)
      if rest.isEmpty || !message.keepAlive { break }
    }
    return (messages, .needsMore)
  }

  private static func firstRequest(
    _ bytes: [UInt8]
  ) -> (message: (Message, Int)?, ending: Ending) {
    bytes.withUnsafeBytes { raw in
      switch RequestHeadParser.parse(raw, limits: HeadLimits()) {
      case .incomplete: return (nil, .needsMore)
      case .refused: return (nil, .refused)
      case .head(let head):
        var message = Message()
        message.start =
          String(decoding: raw[head.methodRange], as: UTF8.self) + " "
          + String(decoding: raw[head.target], as: UTF8.self) + (head.isHTTP10 ? " 1.0" : " 1.1")
        message.keepAlive = head.keepAlive
        head.forEachField(in: raw) { name, value in
          message.headers.append(field(name, value))
        }
        let rest = UnsafeRawBufferPointer(rebasing: raw[head.length...])
        switch readBody(head.body, rest) {
        case .whole(let body, let consumed):
          message.body = body
          return ((message, head.length + consumed), .needsMore)
        case .needsMore: return (nil, .needsMore)
        case .refused: return (nil, .refused)
        }
      }
    }
  }

  private static func field(
    _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) -> String {
    String(decoding: name, as: UTF8.self) + ": " + String(decoding: value, as: UTF8.self)
  }

  enum BodyReading {
    case whole([UInt8], consumed: Int)
    case needsMore
    case refused
  }

  static func readBody(_ framing: BodyFraming, _ rest: UnsafeRawBufferPointer) -> BodyReading {
    switch framing {
    case .none: return .whole([], consumed: 0)
    case .untilClose: return .whole(Array(rest), consumed: rest.count)
    case .length(let length):
      return rest.count < length ? .needsMore : .whole(Array(rest[..<length]), consumed: length)
    case .chunked:
      var body: [UInt8] = []
      var chunks = ChunkedBody()
      do {
        let read = try chunks.consume(rest) { body += $0 }
        return read.isComplete ? .whole(body, consumed: read.consumed) : .needsMore
      } catch {
        return .refused
      }
    }
  }

  private static func nioRequests(_ bytes: [UInt8]) -> Reading {
    let channel = EmbeddedChannel()
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
    var messages: [Message] = []
    do {
      try channel.pipeline.syncOperations.addHandler(
        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
      var failure: (any Error)?
      do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { failure = error }
      var message = Message()
      while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
        switch part {
        case .head(let head):
          message = Message()
          message.start =
            head.method.rawValue + " " + head.uri
            + " \(head.version.major).\(head.version.minor)"
          message.headers = head.headers.map { "\($0.name): \($0.value)" }
          message.keepAlive = head.isKeepAlive
        case .body(let buffer): message.body += Array(buffer.readableBytesView)
        case .end: messages.append(message)
        }
      }
      return (messages, failure == nil ? .needsMore : .refused)
    } catch {
      return (messages, .refused)
    }
  }

  // MARK: Responses

  private static func responseDisagreement(_ bytes: [UInt8]) -> String? {
    let ours = response(bytes)
    // After it the connection is no longer HTTP; the gateway never asks for it.
    if ours.messages.first?.start.hasPrefix("101") == true { return nil }
    let theirs = nioResponse(bytes)
    return compare(
      ours.messages, Array(theirs.messages.prefix(1)), ours.ending, theirs.ending, bytes)
  }

  /// The first response, the connection ending after these bytes.
  private static func response(_ bytes: [UInt8]) -> Reading {
    bytes.withUnsafeBytes { raw in
      switch ResponseHeadParser.parse(raw, limits: HeadLimits(), requestWasHead: false) {
      case .incomplete: return ([], .needsMore)
      case .refused: return ([], .refused)
      case .head(let head):
        var message = Message()
        message.start = "\(head.status)"
        message.keepAlive = head.keepAlive
        head.forEachLine(in: raw) { name, line in
          let blank: [UInt8] = Array(" \t\r\n".utf8)
          let value = line[(name.count + 1)...].drop { blank.contains($0) }
          let length = value.lastIndex { !blank.contains($0) }.map { $0 + 1 - value.startIndex }
          message.headers.append(
            field(name, UnsafeRawBufferPointer(rebasing: value.prefix(length ?? 0))))
        }
        switch readBody(head.body, UnsafeRawBufferPointer(rebasing: raw[head.length...])) {
        case .whole(let body, _):
          message.body = body
          return ([message], .needsMore)
        case .needsMore: return ([], .needsMore)
        case .refused: return ([], .refused)
        }
      }
    }
  }

  private static func nioResponse(_ bytes: [UInt8]) -> Reading {
    let channel = EmbeddedChannel()
    var messages: [Message] = []
    var failure: (any Error)?
    do {
      try channel.pipeline.syncOperations.addHandler(
        ByteToMessageHandler(
          HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward)))
      try channel.writeOutbound(
        HTTPClientRequestPart.head(
          HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")))
      do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { failure = error }
      do { _ = try channel.finish(acceptAlreadyClosed: true) } catch { failure = failure ?? error }
      var message = Message()
      while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
        switch part {
        case .head(let head):
          // An informational head has no end of its own.
          if (100..<200).contains(head.status.code) { messages.append(Message()) }
          message = Message()
          message.start = "\(head.status.code)"
          message.headers = head.headers.map { "\($0.name): \($0.value)" }
          message.keepAlive = head.isKeepAlive
          if (100..<200).contains(head.status.code) {
            messages[messages.count - 1] = message
          }
        case .body(let buffer): message.body += Array(buffer.readableBytesView)
        case .end: messages.append(message)
        }
      }
    } catch {
      failure = failure ?? error
    }
    return (messages, failure == nil ? .needsMore : .refused)
  }

  // MARK: Comparing

  private static func compare(
    _ ours: [Message], _ theirs: [Message], _ ourEnding: Ending, _ theirEnding: Ending,
    _ bytes: [UInt8]
  ) -> String? {
    for (index, message) in ours.enumerated() {
      guard index < theirs.count else {
        return "message \(index) is \(message) here and "
          + (theirEnding == .refused ? "refused" : "not whole") + " there"
      }
      if let difference = difference(message, theirs[index]) {
        return "message \(index) differs: \(difference)"
      }
      // That one now waits for another protocol; here the wish is ignored (RFC 9110, section 7.8).
      if message.headers.contains(where: { $0.lowercased().hasPrefix("upgrade:") }) { return nil }
    }
    if ourEnding == .needsMore, ours.last?.keepAlive ?? true, theirs.count > ours.count {
      return "message \(ours.count) is not whole here and \(theirs[ours.count]) there"
    }
    return nil
  }

  private static func difference(_ ours: Message, _ theirs: Message) -> String? {
    var ours = ours
    var theirs = theirs
    // The absolute form is cut down to its path here.
    let parts = theirs.start.split(separator: " ")
    if parts.count == 3, !parts[1].hasPrefix("/"), let range = parts[1].firstRange(of: "://") {
      let path = parts[1][range.upperBound...].drop { $0 != "/" }
      theirs.start = "\(parts[0]) \(path) \(parts[2])"
    }
    if ours.start != theirs.start { return "\(ours.start) here, \(theirs.start) there" }
    // White space behind a value is no part of it (RFC 9110, section 5.5); tabs are left there.
    theirs.headers = theirs.headers.map(trimmed)
    ours.headers = ours.headers.map(trimmed)
    if ours.headers.count != theirs.headers.count {
      return "\(ours.headers) here, \(theirs.headers) there"
    }
    if ours.headers != theirs.headers { return "\(ours.headers) here, \(theirs.headers) there" }
    if ours.body != theirs.body {
      return "a body of \(ours.body.count) bytes here, of \(theirs.body.count) there"
    }
    // A connection that is closed too early here does no harm.
    if ours.keepAlive, !theirs.keepAlive { return "it goes on here and ends there" }
    return nil
  }

  private static func trimmed(_ field: String) -> String {
    String(field.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  // MARK: Pieces

  /// Reading byte by byte, in sevens and in halves comes to the same as reading at once.
  static func pieceDisagreement(_ bytes: [UInt8]) -> String? {
    let whole = outcome(bytes, piece: max(1, bytes.count))
    for piece in Set([1, 7, max(1, bytes.count / 2)]) where bytes.count <= 4096 {
      let parts = outcome(bytes, piece: piece)
      if parts != whole { return "in pieces of \(piece) it is \(parts), at once \(whole)" }
    }
    return nil
  }

  /// The first message of bytes that arrive so many at a time.
  private static func outcome(_ bytes: [UInt8], piece: Int) -> Outcome {
    var message: Message?
    var headLength = 0
    var framing = BodyFraming.none
    var seen = 0
    var end = 0
    while end < bytes.count, message == nil {
      end = min(end + piece, bytes.count)
      let result = bytes[..<end].withUnsafeBytes {
        RequestHeadParser.parse($0, limits: HeadLimits(), resumingAt: seen)
      }
      switch result {
      case .incomplete: seen = end
      case .refused: return .refused
      case .head(let head):
        message = Message()
        message?.start = "\(head.method) \(head.target) \(head.body)"
        message?.keepAlive = head.keepAlive
        headLength = head.length
        framing = head.body
      }
    }
    guard var message else { return .incomplete }
    guard framing == .chunked else { return .messages([message]) }
    var chunks = ChunkedBody()
    var start = headLength
    while true {
      do {
        let read = try bytes[start..<max(start, end)].withUnsafeBytes { raw in
          try chunks.consume(raw) { message.body += $0 }
        }
        if read.isComplete { return .messages([message]) }
        start = end
      } catch {
        return .refused
      }
      guard end < bytes.count else { return .incomplete }
      end = min(end + piece, bytes.count)
    }
  }
}
