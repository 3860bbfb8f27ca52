import Glibc

/// Writes a text of many short pieces into memory that is reserved once for all of it.
///
/// A `ByteBuffer` asks for each piece whether it has room and whose it is. Here the room is promised before; to write past it is a fault of ours and ends the program.
struct ReservedWriter {
  private let memory: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

  mutating func write(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, let target = memory.baseAddress else { return }
    precondition(bytes.count <= memory.count - count)
    memcpy(target + count, source, bytes.count)
    count += bytes.count
  }

  mutating func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { write($0) }
  }

  mutating func write(_ text: StaticString) {
    write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Named, so that a literal is never taken for one of these.
  mutating func write(text: String) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  mutating func write(_ byte: UInt8) {
    precondition(count < memory.count)
    memory[count] = byte
    count += 1
  }

  /// What was written from there on.
  func written(from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[start..<count])
  }

  /// The word's hexadecimal digits, the first so many of its 16.
  mutating func write(hex word: UInt64, digits: Int = 16) {
    precondition(memory.count - count >= 16)
    var text = (
      Self.hexDigits(UInt32(truncatingIfNeeded: word >> 32)),
      Self.hexDigits(UInt32(truncatingIfNeeded: word))
    )
    withUnsafeBytes(of: &text) { text in
      write(UnsafeRawBufferPointer(rebasing: text[..<digits]))
    }
  }

  /// Eight digits at once: each nibble in a byte of its own, then moved to where its digit is.
  private static func hexDigits(_ word: UInt32) -> UInt64 {
    var nibbles = UInt64(word)
    nibbles = (nibbles & 0xFFFF_0000) << 16 | nibbles & 0xFFFF
    nibbles = (nibbles & 0x0000_FF00_0000_FF00) << 8 | nibbles & 0x0000_00FF_0000_00FF
    nibbles = (nibbles & 0x00F0_00F0_00F0_00F0) << 4 | nibbles & 0x000F_000F_000F_000F
    let isLetter = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (nibbles &+ 0x3030_3030_3030_3030 &+ isLetter &* 0x27).bigEndian
  }

  /// The number's decimal digits, at most 20.
  mutating func write(decimal number: Int) {
    precondition(number >= 0 && memory.count - count >= 20)
    guard number >= 10 else {
      memory[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)
      count += 1
      return
    }
    // Backwards from where the longest would end, then moved to where it begins.
    var place = count + 20
    var rest = UInt64(number)
    while rest > 0 {
      let tenth = rest / 10
      place -= 1
      memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest - tenth * 10)
      rest = tenth
    }
    let length = count + 20 - place
    memmove(memory.baseAddress! + count, memory.baseAddress! + place, length)
    count += length
  }
}
