import CSyscalls
import NIOCore

/// Finds out whether a backend's answer is a JSON-RPC error, or a tool's result that says it is one,
/// without parsing answers: only where the bytes hold `error"` or `isError"` are they looked into.
///
/// What came in several pieces is held, unchanged, until the answer is whole; of an answer beyond
/// `limit` only its last piece is looked at.
struct AnswerInspector {
  /// The most bytes that are held.
  static let limit = 64 << 10

  private var held: [ByteBuffer] = []
  private var heldBytes = 0
  private(set) var count = 0

  /// Counts what needs no look.
  mutating func add(_ bytes: Int) { count += bytes }

  mutating func take(_ bytes: ByteBuffer) {
    count += bytes.readableBytes
    guard bytes.readableBytes > 0 else { return }
    heldBytes += bytes.readableBytes
    if heldBytes > Self.limit {
      held = []
      heldBytes = bytes.readableBytes
    }
    held.append(bytes)
  }

  /// What the whole answer comes to; `last` is what was not taken yet.
  ///
  /// - Parameters:
  ///   - isEventStream: whether it is one of server-sent events.
  ///   - isChunked: whether its chunks' framing is among the bytes.
  mutating func outcome(_ last: ByteBuffer, isEventStream: Bool, isChunked: Bool) -> CallOutcome {
    if held.isEmpty {
      count += last.readableBytes
      return last.withUnsafeReadableBytes { bytes in
        guard Self.mayBeError(bytes) else { return .ok }
        return Self.look(bytes, isEventStream: isEventStream, isChunked: isChunked)
      }
    }
    take(last)
    var all = ByteBuffer()
    for piece in held { all.writeImmutableBuffer(piece) }
    held = []
    return all.withUnsafeReadableBytes { bytes in
      guard Self.mayBeError(bytes) else { return .ok }
      return Self.look(bytes, isEventStream: isEventStream, isChunked: isChunked)
    }
  }

  /// What the response was, where an event stream has told one already; nil where none has come. Its
  /// reader may close it then, before it ends.
  func toldOutcome(isChunked: Bool) -> CallOutcome? {
    var all = ByteBuffer()
    for piece in held { all.writeImmutableBuffer(piece) }
    return all.withUnsafeReadableBytes { Self.response(in: Self.payload($0, isChunked: isChunked)) }
  }

  /// A message that stands alone.
  static func outcome(of message: UnsafeRawBufferPointer) -> CallOutcome {
    mayBeError(message) ? judge(message) : .ok
  }

  // MARK: At a glance

  /// Whether `"error"` or `"isError"` is somewhere in it, other than as `"isError":false`.
  private static func mayBeError(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while let found = firstMark(rest) {
      let after = UnsafeRawBufferPointer(rebasing: rest[(found + mark.utf8CodeUnitCount)...])
      let letter = found > 0 ? rest[found - 1] : 0
      let isFalse = letter == UInt8(ascii: "E") && after.starts(with: #":false"#.utf8)
      if letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") && !isFalse { return true }
      rest = after
    }
    return false
  }

  private static let mark: StaticString = "rror\""

  private static func firstMark(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress,
      let found = gateway_find(base, bytes.count, mark.utf8Start, mark.utf8CodeUnitCount)
    else { return nil }
    return base.distance(to: found)
  }

  // MARK: Closely

  private static func look(
    _ bytes: UnsafeRawBufferPointer, isEventStream: Bool, isChunked: Bool
  ) -> CallOutcome {
    let payload = payload(bytes, isChunked: isChunked)
    guard isEventStream else { return payload.withUnsafeBytes(judge) }
    return response(in: payload) ?? .ok
  }

  private static func payload(_ bytes: UnsafeRawBufferPointer, isChunked: Bool) -> [UInt8] {
    guard isChunked else { return Array(bytes) }
    var payload: [UInt8] = []
    var framing = ChunkedBody()
    _ = try? framing.consume(bytes) { payload += $0 }
    // The start is not there of what was too long to be held.
    return payload.isEmpty ? Array(bytes) : payload
  }

  /// Of the events of a stream.
  private static func response(in payload: [UInt8]) -> CallOutcome? {
    var events = EventStreamParser()
    let found = payload.withUnsafeBytes { events.take($0) }
    return found.last { JSONRPCMessage.isResponse($0.data) }?.data.withUnsafeBytes(judge)
  }

  /// One message: an error's code, or a result's `isError`.
  private static func judge(_ message: UnsafeRawBufferPointer) -> CallOutcome {
    var outcome = CallOutcome.ok
    var reader = JSONReader(message)
    _ = try? reader.object { key, reader in
      if reader.equals(key, "error"), try reader.kind() == .object {
        try reader.object { key, reader in
          if reader.equals(key, "code"), try reader.kind() == .number {
            let digits = try reader.number()
            outcome = .error(code: Int(String(decoding: message[digits], as: UTF8.self)) ?? 0)
          } else {
            _ = try reader.skip()
          }
        }
      } else if reader.equals(key, "result"), try reader.kind() == .object {
        try reader.object { key, reader in
          if reader.equals(key, "isError"), try reader.kind() == .bool {
            if try reader.bool() { outcome = .toolError }
          } else {
            _ = try reader.skip()
          }
        }
      } else {
        _ = try reader.skip()
      }
    }
    return outcome
  }
}
