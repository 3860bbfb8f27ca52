import Glibc
import NIOCore

/// Writes a head into memory that is reserved once for all of it.
///
/// A head is a dozen short pieces, and a `ByteBuffer` asks for each whether it has room and whose
/// it is. Here the room is promised before; to write past it is a fault of ours and ends the program.
struct HeadWriter {
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

  mutating func writeStatusLine(_ status: Int) {
    if status == 200 { return write("HTTP/1.1 200 OK\r\n") }
    write("HTTP/1.1 ")
    write(decimal: status)
    write(" ")
    write(HTTPText.reason(status))
    write("\r\n")
  }
}

extension ByteBuffer {
  /// Appends a head of at most so many bytes.
  mutating func writeHead(upTo limit: Int, _ body: (inout HeadWriter) -> Void) {
    writeWithUnsafeMutableBytes(minimumWritableBytes: limit) { memory in
      var writer = HeadWriter(memory)
      body(&writer)
      return writer.count
    }
  }
}
