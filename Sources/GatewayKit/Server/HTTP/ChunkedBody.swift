/// Follows a chunked body (RFC 9112, section 7.1) through reads of any size.
///
/// Strict: sizes of at most eight hex digits, CRLF after each line, extensions and trailers checked,
/// bounded and ignored. No byte is kept.
package struct ChunkedBody: Sendable {
  package struct FramingError: Error, Equatable {
    package let reason: String
  }

  /// How many more bytes of sizes' padding, extensions and trailers may have come than of payload.
  private static let asideLimit = 8192

  private enum State: Equatable, Sendable {
    case size(digits: Int)
    case extensionStart
    case extensionName
    case extensionValueStart
    case extensionValue
    case quoted
    case quotedPair
    case quotedEnd
    case sizeLF
    case data
    case dataCR
    case dataLF
    case trailerStart
    case trailerName
    case trailerValue
    case trailerLF
    case endLF
    case done
  }

  private var state = State.size(digits: 0)
  private var left = 0
  private var aside = 0

  package init() {}

  /// Takes bytes up to the end of the body; the payload among them is handed out in order.
  ///
  /// - Throws: `FramingError`; nothing may be read of the connection after it.
  package mutating func consume(
    _ bytes: UnsafeRawBufferPointer, _ payload: (UnsafeRawBufferPointer) -> Void
  ) throws(FramingError) -> (consumed: Int, isComplete: Bool) {
    var index = 0
    while index < bytes.count, state != .done {
      if state == .data {
        let count = min(left, bytes.count - index)
        payload(UnsafeRawBufferPointer(rebasing: bytes[index..<index + count]))
        index += count
        left -= count
        if left == 0 { state = .dataCR }
      } else {
        try step(bytes[index])
        index += 1
      }
    }
    return (index, state == .done)
  }

  private mutating func step(_ byte: UInt8) throws(FramingError) {
    switch state {
    case .size(let digits):
      if let digit = Self.hexDigit(byte) {
        guard digits < 8 else { throw FramingError(reason: "a chunk's size is too long") }
        left = left << 4 | digit
        state = .size(digits: digits + 1)
      } else {
        guard digits > 0 else { throw FramingError(reason: "a chunk's size was expected") }
        try endOfExtension(byte, or: "a chunk's size is malformed")
      }
    case .extensionStart, .extensionName, .extensionValueStart, .extensionValue, .quoted,
      .quotedPair, .quotedEnd:
      try countAside()
      try stepExtension(byte)
    case .sizeLF:
      try lineFeed(byte)
      // What stands beside the payload is bounded by the payload and a fixed allowance.
      aside -= min(aside, left)
      state = left == 0 ? .trailerStart : .data
    case .dataCR:
      guard byte == 0x0D else { throw FramingError(reason: "a chunk is longer than its size") }
      state = .dataLF
    case .dataLF:
      try lineFeed(byte)
      state = .size(digits: 0)
    case .trailerStart, .trailerName, .trailerValue:
      try countAside()
      try stepTrailer(byte)
    case .trailerLF:
      try lineFeed(byte)
      state = .trailerStart
    case .endLF:
      try lineFeed(byte)
      state = .done
    case .data, .done:
      preconditionFailure("consume handles these")
    }
  }

  /// `;name`, `;name=token`, `;name="quoted"` (RFC 9112, section 7.1.1; without white space).
  private mutating func stepExtension(_ byte: UInt8) throws(FramingError) {
    let malformed = "a chunk's extension is malformed"
    switch state {
    case .extensionStart where ByteSet.token.contains(byte): state = .extensionName
    case .extensionName where ByteSet.token.contains(byte): break
    case .extensionName where byte == UInt8(ascii: "="): state = .extensionValueStart
    case .extensionValueStart where byte == UInt8(ascii: "\""): state = .quoted
    case .extensionValueStart where ByteSet.token.contains(byte): state = .extensionValue
    case .extensionValue where ByteSet.token.contains(byte): break
    case .quoted where byte == UInt8(ascii: "\""): state = .quotedEnd
    case .quoted where byte == UInt8(ascii: "\\"): state = .quotedPair
    case .quoted where Self.isText(byte): break
    case .quotedPair where Self.isText(byte): state = .quoted
    case .extensionName, .extensionValue, .quotedEnd: try endOfExtension(byte, or: malformed)
    default: throw FramingError(reason: malformed)
    }
  }

  private mutating func endOfExtension(
    _ byte: UInt8, or reason: String
  ) throws(FramingError) {
    switch byte {
    case 0x0D: state = .sizeLF
    case UInt8(ascii: ";"): state = .extensionStart
    default: throw FramingError(reason: reason)
    }
  }

  private mutating func stepTrailer(_ byte: UInt8) throws(FramingError) {
    switch state {
    case .trailerStart where byte == 0x0D: state = .endLF
    case .trailerStart where ByteSet.token.contains(byte): state = .trailerName
    case .trailerName where ByteSet.token.contains(byte): break
    case .trailerName where byte == UInt8(ascii: ":"): state = .trailerValue
    case .trailerValue where byte == 0x0D: state = .trailerLF
    case .trailerValue where Self.isText(byte): break
    default: throw FramingError(reason: "a trailer is malformed")
    }
  }

  private mutating func countAside() throws(FramingError) {
    aside += 1
    guard aside <= Self.asideLimit else {
      throw FramingError(reason: "chunk extensions or trailers are too long")
    }
  }

  private func lineFeed(_ byte: UInt8) throws(FramingError) {
    guard byte == 0x0A else { throw FramingError(reason: "a line does not end in CR and LF") }
  }

  private static func isText(_ byte: UInt8) -> Bool {
    byte == 0x09 || byte >= 0x20 && byte != 0x7F
  }

  private static func hexDigit(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}
