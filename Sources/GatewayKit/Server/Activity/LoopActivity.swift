import NIOCore

/// What one event loop has to tell the audit log, until it is handed over: without a lock, and
/// without an allocation for each call.
struct LoopActivity {
  /// How long a line waits on its loop.
  static let delay = TimeAmount.milliseconds(200)
  /// Handed over at once when it is as much.
  private static let batchLimit = 64 << 10
  /// The most of a name that is told, in bytes.
  private static let nameLimit = 256
  /// What a line takes beside its arguments, however its names have to be escaped.
  private static let lineLimit = 8 << 10

  private var batch = AuditBatch()

  /// Whether it is to be handed over now.
  var isFull: Bool { batch.size >= Self.batchLimit }

  /// What there is to hand over; nil for nothing.
  mutating func take(leaving empty: () -> AuditBatch) -> AuditBatch? {
    guard !batch.isEmpty else { return nil }
    let taken = batch
    batch = empty()
    return taken
  }

  /// Who did something, from where, and when.
  struct Origin {
    let caller: Caller
    /// The digest of the key that it was admitted by.
    let credential: SHA256Digest?
    let session: SessionNumber?
    let address: String
    let requestID: RequestID
    let time: [UInt8]
    /// The store's.
    let generation: UInt64
  }

  /// What there is to count of a call.
  struct Measure {
    let bytesIn: Int
    let bytesOut: Int
    let time: TimeAmount
  }

  /// - Parameters:
  ///   - name: the operation's, as the backend knows it, or as it was asked for where none does.
  ///   - arguments: JSON, where they are to be told.
  mutating func record(
    _ call: CallRecord, _ outcome: CallOutcome, _ measure: Measure, by origin: Origin,
    backend: String?, name: UnsafeRawBufferPointer, arguments: [UInt8]?
  ) {
    let rule: DenialRule? = if case .denied(let rule) = outcome { rule } else { nil }
    append(rule == nil ? .callDone : .callDenied, origin, arguments: arguments) { line in
      if let backend { line.write(#","backend":"#, json: backend, upTo: Self.nameLimit) }
      line.write(#",""#)
      line.write(call.member)
      line.write(#"":"#)
      line.write(json: name, upTo: Self.nameLimit)
      if let rule {
        line.write(#","rule":"#, json: rule.description, upTo: Self.nameLimit)
      } else {
        line.write(#","outcome":""#)
        line.write(outcome.name)
        line.write("\"")
      }
      switch outcome {
      case .error(let code):
        line.write(#","code":"#)
        line.write(signed: code)
      case .failed(let status):
        line.write(#","status":"#)
        line.write(decimal: status)
      case .ended(let cause):
        line.write(#","cause":""#)
        line.write(text: cause.rawValue)
        line.write("\"")
      case .ok, .toolError, .broken, .gone, .denied:
        break
      }
      line.write(#","in":"#)
      line.write(decimal: measure.bytesIn)
      line.write(#","out":"#)
      line.write(decimal: measure.bytesOut)
      line.write(#","ms":"#)
      line.write(milliseconds: measure.time)
    }
  }

  /// A whole endpoint that is denied, before anything of it was read.
  mutating func recordDenial(_ rule: String, backend: String?, by origin: Origin) {
    append(.callDenied, origin) { line in
      if let backend { line.write(#","backend":"#, json: backend, upTo: Self.nameLimit) }
      line.write(#","rule":"#, json: rule, upTo: Self.nameLimit)
    }
  }

  /// What is no call: of a session, of a stream.
  mutating func record(
    _ event: AuditEvent, by origin: Origin, _ members: [(name: StaticString, value: String)]
  ) {
    append(event, origin) { line in
      for (name, value) in members {
        line.write(",\"")
        line.write(name)
        line.write(#"":"#)
        var value = value
        value.withUTF8 { line.write(json: UnsafeRawBufferPointer($0), upTo: Self.nameLimit) }
      }
    }
  }

  private mutating func append(
    _ event: AuditEvent, _ origin: Origin, arguments: [UInt8]? = nil,
    _ body: (inout ReservedWriter) -> Void
  ) {
    let limit = Self.lineLimit + (arguments?.count ?? 0)
    if batch.isEmpty { batch.reserve(Self.batchLimit + Self.lineLimit) }
    origin.time.withUnsafeBytes { time in
      batch.append(event, time: time, generation: origin.generation, upTo: limit) { line in
        if let user = origin.caller.username {
          line.write(#","user":"#, json: user, upTo: Self.nameLimit)
        } else {
          line.write(
            #","principal":"#, json: origin.caller.principal.description, upTo: Self.nameLimit)
        }
        if let credential = origin.credential {
          line.write(#","key_id":""#)
          line.write(hex: credential.a, digits: 12)
          line.write("\"")
        }
        body(&line)
        if let session = origin.session {
          line.write(#","session":""#)
          line.write(hex: session.high, digits: 12)
          line.write("\"")
        }
        line.write(#","from":"#, json: origin.address, upTo: Self.nameLimit)
        line.write(#","request":""#)
        line.write(hex: origin.requestID.word, digits: RequestID.digits)
        line.write("\"")
        // Last: what a client wrote is nothing that a search looks at.
        if let arguments {
          line.write(#","arguments":"#)
          line.write(arguments)
        }
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether it stands in a JSON string as it is: no control character, quote or backslash.
  fileprivate var isPlainJSON: Bool {
    var strays: UInt8 = 0
    for byte in self {
      strays |= (byte < 0x20 ? 1 : 0) | (byte == 0x22 ? 1 : 0) | (byte == 0x5C ? 1 : 0)
    }
    return strays == 0
  }
}

extension ReservedWriter {
  /// A text as a JSON string, cut after so many bytes.
  fileprivate mutating func write(json text: UnsafeRawBufferPointer, upTo limit: Int) {
    var count = min(text.count, limit)
    if count < text.count {
      // Never within a character.
      while count > 0, text[count] & 0xC0 == 0x80 { count -= 1 }
    }
    let part = UnsafeRawBufferPointer(rebasing: text[..<count])
    if part.isPlainJSON {
      write("\"")
      write(part)
      write("\"")
    } else {
      var escaped: [UInt8] = []
      writeJSONString(part, into: &escaped)
      write(escaped)
    }
  }

  fileprivate mutating func write(_ name: StaticString, json text: String, upTo limit: Int) {
    write(name)
    var text = text
    text.withUTF8 { write(json: UnsafeRawBufferPointer($0), upTo: limit) }
  }

  fileprivate mutating func write(signed number: Int) {
    if number < 0 { write("-") }
    write(decimal: Int(clamping: number.magnitude))
  }

  /// With three digits of fraction.
  fileprivate mutating func write(milliseconds time: TimeAmount) {
    let (whole, fraction) = max(0, time.nanoseconds / 1000).quotientAndRemainder(dividingBy: 1000)
    write(decimal: Int(whole))
    write(".")
    if fraction < 100 { write("0") }
    if fraction < 10 { write("0") }
    write(decimal: Int(fraction))
  }
}
