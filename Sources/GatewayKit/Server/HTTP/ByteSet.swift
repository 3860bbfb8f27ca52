/// A set of ASCII characters, asked without touching memory.
struct ByteSet: Sendable {
  private let low: UInt64
  private let high: UInt64

  /// Two words of a bit a character: from NUL, and from `@`.
  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  func contains(_ byte: UInt8) -> Bool {
    byte < 0x80 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 != 0
  }

  func containsAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
    for byte in bytes where !contains(byte) { return false }
    return true
  }

  /// Letters, digits and ``!#$%&'*+-.^_`|~`` (RFC 9110, section 5.6.2).
  static let token = ByteSet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)

  /// What is visible but ``,/?#@\"<>^`{|}``, as a host and port are written (RFC 3986, section 3.2).
  static let authority = ByteSet(low: 0x2FFF_6FF2_0000_0000, high: 0x47FF_FFFE_AFFF_FFFE)
}
