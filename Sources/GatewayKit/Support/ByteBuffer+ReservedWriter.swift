import NIOCore

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
