import Glibc
import NIOCore

/// Writes a text of many short pieces into memory that is reserved once for all of it.
///
/// A `ByteBuffer` asks for each piece whether it has room and whose it is. Here the room is promised before; to write past it is a fault of ours and ends the program.
struct ReservedWriter {
  private let memory: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  fileprivate init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

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

  private static let hexDigits: StaticString = "0123456789abcdef"

  /// The word's hexadecimal digits, the first so many of its 16.
  mutating func write(hex word: UInt64, digits: Int = 16) {
    precondition(memory.count - count >= digits)
    var rest = word
    for _ in 0..<digits {
      memory[count] = Self.hexDigits.utf8Start[Int(rest >> 60)]
      rest <<= 4
      count += 1
    }
  }

  /// The number's decimal digits, at most 20.
  mutating func write(decimal number: Int) {
    precondition(number >= 0 && memory.count - count >= 20)
    var digits = 1
    var rest = number
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    rest = number
    for position in stride(from: count + digits - 1, through: count, by: -1) {
      memory[position] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    count += digits
  }
}

extension ByteBuffer {
  /// Appends a text of at most so many bytes.
  mutating func writeReserved(upTo limit: Int, _ body: (inout ReservedWriter) -> Void) {
    writeWithUnsafeMutableBytes(minimumWritableBytes: limit) { memory in
      var writer = ReservedWriter(memory)
      body(&writer)
      return writer.count
    }
  }
}
