import NIOCore

/// Batches, which 2025-03-26 alone has: split, served one after the other, answered as one.
///
/// Source: 2025-03-26, Base Protocol, JSON-RPC Batching, and JSON-RPC 2.0, section 6.
struct Batch {
  /// The most messages in one batch.
  static let limit = 100
  /// The most bytes of their answers together, which are held until the last is there.
  static let answerLimit = 16 << 20

  fileprivate var parts: [ByteBuffer]
  fileprivate var next = 0
  fileprivate var answers: [[UInt8]] = []
  fileprivate var answerBytes = 0
}

/// A backend's answer to one message of a batch, kept until it is whole.
struct CapturedAnswer {
  fileprivate var events: EventStreamParser?
  fileprivate var body: [UInt8] = []

  fileprivate var held: Int { body.count + (events?.buffered ?? 0) }
}

extension ClientConnection {
  /// Whether what is answered now is part of a batch.
  var isInBatch: Bool { request.batch != nil }

  /// Begins with a body that is an array.
  func serveBatch() {
    let asked = request.text(request.head.protocolVersion)
    guard request.head.sessionID != nil,
      asked == nil || asked == ProtocolVersion.v2025_03_26.rawValue
    else { return refuseBatch() }
    request.era = .legacy
    withSession { connection in
      guard connection.request.session?.token.version == .v2025_03_26 else {
        return connection.refuseBatch()
      }
      connection.request.version = .v2025_03_26
      connection.splitBatch()
    }
  }

  private func refuseBatch() {
    reply(
      HTTPReply(status: 400, json: EnvelopeError.batch.rpcError.body(id: nil, request: request.id)))
  }

  private func splitBatch() {
    var parts: [ByteBuffer] = []
    let body = request.body
    do {
      try body.withUnsafeReadableBytes { bytes in
        var reader = JSONReader(bytes, maximumDepth: limits.jsonDepth)
        try reader.array { _, reader in
          _ = try reader.kind()
          let range = try reader.skip()
          guard parts.count < Batch.limit else {
            throw JSONSyntaxError(
              offset: range.lowerBound, reason: "a batch has at most \(Batch.limit) messages")
          }
          if let part = body.getSlice(at: body.readerIndex + range.lowerBound, length: range.count)
          {
            parts.append(part)
          }
        }
        try reader.end()
      }
    } catch {
      let syntax = error as? JSONSyntaxError ?? JSONSyntaxError(offset: 0, reason: "\(error)")
      return reply(
        HTTPReply(
          status: 400,
          json: EnvelopeError.syntax(syntax).rpcError.body(id: nil, request: request.id)))
    }
    guard !parts.isEmpty else { return refuseBatch() }
    request.batch = Batch(parts: parts)
    serveNextOfBatch()
  }

  private func serveNextOfBatch() {
    guard var batch = request.batch else { return }
    guard batch.next < batch.parts.count else { return finishBatch(batch) }
    request.body = batch.parts[batch.next]
    batch.next += 1
    request.batch = batch
    request.forward = nil
    answer.startOver()
    let scanned = request.body.withUnsafeReadableBytes { body in
      Result { () throws(EnvelopeError) in
        try EnvelopeScanner.scan(body, maximumDepth: limits.jsonDepth)
      }
    }
    switch scanned {
    case .failure(let error):
      captured(refusal(error))
    case .success(let envelope):
      request.envelope = envelope
      switch envelope.kind {
      case .request where envelope.method == .initialize:
        captured(
          JSONRPCError.invalidRequest("initialize is no part of a batch").body(
            id: request.bodyBytes(envelope.id), request: request.id))
      case .request: serveRequest(envelope)
      case .notification: serveNotification(envelope)
      case .response: serveResponse()
      }
    }
  }

  /// One message is answered, by nothing where it is none that has an answer.
  func captured(_ body: [UInt8]) {
    if !body.isEmpty, request.envelope?.kind == .request || JSONRPCMessage.errorCode(body) != nil {
      let isTooMuch = (request.batch?.answerBytes ?? 0) + body.count > Batch.answerLimit
      let part = isTooMuch ? batchTooLarge : body
      if isTooMuch { answer.outcome = part.withUnsafeBytes { AnswerInspector.outcome(of: $0) } }
      request.batch?.answerBytes += part.count
      request.batch?.answers.append(part)
    }
    endCall(.ok)
    endStream()
    upstream = nil
    backendCall = nil
    task = nil
    // From the loop, so that a long batch does not pile up calls.
    let serial = serial
    loop.eventLoop.assumeIsolated().execute { [self] in
      guard self.serial == serial else { return }
      serveNextOfBatch()
      advance()
    }
  }

  private var batchTooLarge: [UInt8] {
    JSONRPCError.tooLargeForBatch(limit: Batch.answerLimit).body(
      id: request.bodyBytes(request.envelope?.id), request: request.id)
  }

  private func finishBatch(_ batch: Batch) {
    request.batch = nil
    guard !batch.answers.isEmpty else { return reply(HTTPReply(status: 202)) }
    let body = [UInt8(ascii: "[")] + batch.answers.joined(separator: [UInt8(ascii: ",")])
    reply(HTTPReply(status: 200, json: body + [UInt8(ascii: "]")]))
  }

  // MARK: Backends' answers

  func beginCapture(_ head: ResponseHead) {
    var capture = CapturedAnswer()
    if head.isEventStream { capture.events = EventStreamParser() }
    answer.capture = capture
  }

  func capture(_ bytes: ByteBuffer, isLast: Bool) {
    guard var capture = answer.capture else { return }
    if var events = capture.events {
      let found = bytes.withUnsafeReadableBytes { events.take($0) }
      capture.events = events
      if let response = found.first(where: { JSONRPCMessage.isResponse($0.data) }) {
        capture.body = response.data
      }
    } else {
      capture.body += bytes.readableBytesView
    }
    answer.capture = capture
    if (request.batch?.answerBytes ?? 0) + capture.held > Batch.answerLimit {
      if !isLast { abandonUpstream() }
      answer.capture = nil
      let refusal = batchTooLarge
      answer.outcome = refusal.withUnsafeBytes { AnswerInspector.outcome(of: $0) }
      return captured(refusal)
    }
    guard isLast else { return }
    answer.capture = nil
    captured(capture.body)
  }
}
