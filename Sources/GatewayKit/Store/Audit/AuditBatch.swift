import NIOCore

/// Lines on their way into the log, one behind the other: what they say, before each gets its number
/// and its seal there.
struct AuditBatch: Sendable {
  /// Each ends in LF, which JSON has nowhere else.
  private(set) var bytes = ByteBuffer()
  private(set) var count = 0

  init() {}

  init(_ entries: [AuditEntry]) {
    for entry in entries { append(entry) }
  }

  var isEmpty: Bool { count == 0 }

  /// In bytes.
  var size: Int { bytes.readableBytes }

  /// Room for so many bytes, made at once.
  mutating func reserve(_ capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func append(_ other: AuditBatch) {
    bytes.writeImmutableBuffer(other.bytes)
    count += other.count
  }

  /// Keeps its memory, if nobody else has it.
  mutating func clear() {
    bytes.clear()
    count = 0
  }

  /// Appends a line that `body` writes, of at most so many bytes with what every line has.
  mutating func append(
    _ event: AuditEvent, time: UnsafeRawBufferPointer, generation: UInt64, upTo limit: Int,
    _ body: (inout ReservedWriter) -> Void
  ) {
    bytes.writeReserved(upTo: limit + 128) { out in
      out.write(#""time":""#)
      out.write(time)
      out.write(#"","generation":"#)
      out.write(decimal: Int(clamping: generation))
      out.write(#","event":""#)
      out.write(text: event.rawValue)
      out.write(#"""#)
      body(&out)
      out.write(0x0A)
    }
    count += 1
  }

  mutating func append(_ entry: AuditEntry) {
    var members: [UInt8] = []
    for (key, value) in entry.members.members {
      members += ",\"\(key)\":".utf8
      value.write(into: &members)
    }
    var time = entry.time.fixedText
    time.withUTF8 { time in
      append(
        entry.event, time: UnsafeRawBufferPointer(time), generation: entry.generation,
        upTo: members.count
      ) { $0.write(members) }
    }
  }
}
