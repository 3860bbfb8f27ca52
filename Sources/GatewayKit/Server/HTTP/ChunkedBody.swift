/// Follows a chunked body (RFC 9112, section 7.1) through reads of any size.
///
/// Strict: sizes of at most eight hex digits, CRLF after each chunk, extensions and trailers bounded
/// and ignored. No byte is kept.
package struct ChunkedBody: Sendable {
  package struct FramingError: Error, Equatable {
    package let reason: String
  }

  /// The most bytes of one chunk's extensions, and of all trailers.
  private static let asideLimit = 4096

  private enum State: Sendable {
    case size(digits: Int)
    case extensions
    case sizeLF
    case data
    case dataCR
    case dataLF
    case trailerStart
    case trailer
    case trailerLF
    case endLF
    case done
  }

  private var state = State.size(digits: 0)
  private var left = 0
  private var aside = 0

  package init() {}

  /// Takes bytes up to the end of the body; the payload among them is handed out in order.
  package mutating func consume(
    _ bytes: UnsafeRawBufferPointer, _ payload: (UnsafeRawBufferPointer) -> Void
  ) throws(FramingError) -> (consumed: Int, isComplete: Bool) {
    var index = 0
    while index < bytes.count {
      if case .data = state {
        let count = min(left, bytes.count - index)
        payload(UnsafeRawBufferPointer(rebasing: bytes[index..<index + count]))
        index += count
        left -= count
        if left == 0 { state = .dataCR }
        continue
      }
      if case .done = state { return (index, true) }
      try step(bytes[index])
      index += 1
    }
    if case .done = state { return (index, true) }
    return (index, false)
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
        try afterSize(byte)
      }
    case .extensions:
      if byte == 0x0D {
        state = .sizeLF
      } else {
        try skipAside(byte)
      }
    case .sizeLF:
      guard byte == 0x0A else { throw FramingError(reason: "a line does not end in CR and LF") }
      aside = 0
      state = left == 0 ? .trailerStart : .data
    case .dataCR:
      guard byte == 0x0D else { throw FramingError(reason: "a chunk is longer than its size") }
      state = .dataLF
    case .dataLF:
      guard byte == 0x0A else { throw FramingError(reason: "a line does not end in CR and LF") }
      state = .size(digits: 0)
    case .trailerStart:
      if byte == 0x0D {
        state = .endLF
      } else {
        // Nothing may begin a trailer that could not begin a header line.
        guard byte > 0x20, byte != UInt8(ascii: ":") else {
          throw FramingError(reason: "a trailer is malformed")
        }
        try skipAside(byte)
        state = .trailer
      }
    case .trailer:
      if byte == 0x0D {
        state = .trailerLF
      } else {
        try skipAside(byte)
      }
    case .trailerLF:
      guard byte == 0x0A else { throw FramingError(reason: "a line does not end in CR and LF") }
      state = .trailerStart
    case .endLF:
      guard byte == 0x0A else { throw FramingError(reason: "a line does not end in CR and LF") }
      state = .done
    case .data, .done:
      preconditionFailure("consume handles these")
    }
  }

  private mutating func afterSize(_ byte: UInt8) throws(FramingError) {
    switch byte {
    case 0x0D: state = .sizeLF
    case UInt8(ascii: ";"): state = .extensions
    default: throw FramingError(reason: "a chunk's size is malformed")
    }
  }

  private mutating func skipAside(_ byte: UInt8) throws(FramingError) {
    aside += 1
    guard aside <= Self.asideLimit else {
      throw FramingError(reason: "chunk extensions or trailers are too long")
    }
    guard byte == 0x09 || (byte >= 0x20 && byte != 0x7F) else {
      throw FramingError(reason: "a control character stands between chunks")
    }
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
