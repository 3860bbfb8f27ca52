/// The characters of HTTP (RFC 9110, section 5.6.2 and section 5.5).
enum Token {
  /// One bit a byte: 1 a token character, 2 one that a field value may hold.
  private static let classes: [UInt8] = (0..<256).map { value in
    let byte = UInt8(value)
    var bits: UInt8 = 0
    let isAlphanumeric =
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    if isAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains(byte) { bits |= 1 }
    if byte == 0x09 || (byte >= 0x20 && byte != 0x7F) { bits |= 2 }
    return bits
  }

  static func isToken(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard !bytes.isEmpty else { return false }
    return all(bytes, have: 1)
  }

  static func isFieldValue(_ bytes: UnsafeRawBufferPointer) -> Bool { all(bytes, have: 2) }

  private static func all(_ bytes: UnsafeRawBufferPointer, have bit: UInt8) -> Bool {
    classes.withUnsafeBufferPointer { classes in
      var bits = bit
      for byte in bytes { bits &= classes[Int(byte)] }
      return bits != 0
    }
  }

  static func equals(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    guard bytes.count == text.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where bytes[index] != text.utf8Start[index] { return false }
    return true
  }

  /// `text` is lower case.
  static func equalsIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    guard bytes.count == text.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where lowercase(bytes[index]) != text.utf8Start[index] {
      return false
    }
    return true
  }

  static func lowercase(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }

  /// Whether a comma-separated list holds a word (RFC 9110, section 5.6.1), whatever its case.
  static func list(_ value: UnsafeRawBufferPointer, has word: StaticString) -> Bool {
    var start = 0
    while start <= value.count {
      var end = start
      while end < value.count, value[end] != UInt8(ascii: ",") { end += 1 }
      if equalsIgnoringCase(trim(value, start..<end), word) { return true }
      start = end + 1
    }
    return false
  }

  /// Without spaces and tabs at either end.
  static func trim(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>
  ) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[trimmed(bytes, range)])
  }

  static func trimmed(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    return start..<end
  }

  /// A decimal number of at most 15 digits, nothing else around it.
  static func decimal(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard (1...15).contains(bytes.count) else { return nil }
    var number = 0
    for byte in bytes {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      number = number * 10 + Int(digit)
    }
    return number
  }
}
