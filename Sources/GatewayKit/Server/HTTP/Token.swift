/// The characters of HTTP (RFC 9110, section 5.6.2 and section 5.5).
enum Token {
  static func isToken(_ bytes: UnsafeRawBufferPointer) -> Bool {
    !bytes.isEmpty && ByteSet.token.containsAll(bytes)
  }

  /// Whether there is no control character but tabs. Eight bytes at a time; what looks like one
  /// there is looked at again by itself, since the tests give carries to the bytes above.
  static func isFieldValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var position = 0
    while position + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      let delete = word ^ (ones &* 0x7F)
      let found = (word &- ones &* 0x20) & ~word | (delete &- ones) & ~delete
      if found & (ones &* 0x80) != 0 {
        for byte in bytes[position..<position + 8] where isControl(byte) { return false }
      }
      position += 8
    }
    for byte in bytes[position...] where isControl(byte) { return false }
    return true
  }

  private static func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != 0x09 || byte == 0x7F
  }

  /// Whether all characters are visible ASCII.
  static func isVisible(_ bytes: UnsafeRawBufferPointer) -> Bool {
    for byte in bytes where byte &- 0x21 >= 0x5E { return false }
    return true
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

  /// Whether two texts are the same but for the case of ASCII letters.
  static func equalsIgnoringCase(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where lowercase(left[index]) != lowercase(right[index]) {
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

  /// Whether a value is this media type, with parameters or without (RFC 9110, section 8.3.1).
  static func isMediaType(_ value: UnsafeRawBufferPointer, _ type: StaticString) -> Bool {
    var end = 0
    while end < value.count, value[end] != UInt8(ascii: ";") { end += 1 }
    return equalsIgnoringCase(trim(value, 0..<end), type)
  }

  /// Whether a list of media types, each with its parameters, names this one (RFC 9110, section
  /// 12.5.1).
  static func accepts(_ value: UnsafeRawBufferPointer, _ type: StaticString) -> Bool {
    var start = 0
    while start <= value.count {
      var end = start
      while end < value.count, value[end] != UInt8(ascii: ",") { end += 1 }
      if isMediaType(trim(value, start..<end), type) { return true }
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
