import NIOCore

/// Finds the one message in a backend's event stream, for a client that asked for JSON.
///
/// A call's stream that holds nothing but its response says the same as that response alone.
/// Where another message comes first, or more than `limit` bytes that are none, a stream is what
/// the client gets.
struct EventStreamUnwrapper {
  enum Found {
    case needsMore
    case message([UInt8])
    case stream(ByteBuffer)
  }

  /// The most bytes that are held back.
  static let limit = 16 << 20

  private var all = ByteBuffer()
  private var events = EventStreamParser()

  mutating func take(_ bytes: ByteBuffer, isLast: Bool) -> Found {
    all.writeImmutableBuffer(bytes)
    let parsed = bytes.withUnsafeReadableBytes { events.take($0) }
    for event in parsed where !event.data.isEmpty {
      return JSONRPCMessage.isResponse(event.data) ? .message(event.data) : .stream(all)
    }
    return isLast || all.readableBytes > Self.limit ? .stream(all) : .needsMore
  }
}
