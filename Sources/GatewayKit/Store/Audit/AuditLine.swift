import CSyscalls

/// A line of the log, looked into without being parsed.
enum AuditLine {
  private static let timeMember = Array(#","time":""#.utf8)

  /// The time that a line says it was written: 27 characters, so that later times are later texts.
  static func timeText(of line: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer>? {
    guard let start = line.prefix(64).firstRange(of: timeMember)?.upperBound else { return nil }
    return line[start...].prefix(40).prefix { $0 != UInt8(ascii: "\"") }
  }

  static func time(of line: UnsafeRawBufferPointer) -> Timestamp? {
    timeText(of: line).flatMap { Timestamp(parsing: String(decoding: $0, as: UTF8.self)) }
  }

  /// Where a line first holds a text.
  static func find(_ line: UnsafeRawBufferPointer, _ text: [UInt8]) -> Int? {
    guard let base = line.baseAddress,
      let found = gateway_find(base, line.count, text, text.count)
    else { return nil }
    return base.distance(to: found)
  }
}
