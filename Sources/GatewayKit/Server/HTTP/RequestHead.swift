/// A request's head: what was asked, how its body is framed, and where the headers that matter lie.
///
/// All ranges are into the bytes that it was parsed from.
package struct RequestHead: Sendable {
  package var method = HTTPMethod.other
  package var methodRange = 0..<0
  /// The target in origin form, as raw bytes.
  package var target = 0..<0
  /// Bytes of the head, the blank line with it.
  package var length = 0
  package var isHTTP10 = false
  package var keepAlive = true
  package var body = BodyFraming.none
  package var expectsContinue = false
  package var host: Range<Int>?
  package var origin: Range<Int>?
  package var authorization: Range<Int>?
  package var accept: Range<Int>?
  package var contentType: Range<Int>?
  package var sessionID: Range<Int>?
  package var protocolVersion: Range<Int>?
  package var mcpMethod: Range<Int>?
  package var mcpName: Range<Int>?
  package var lastEventID: Range<Int>?
  /// Whether there is any `Mcp-Param-…`.
  package var hasParameterHeaders = false
  /// `traceparent`, `tracestate` or `baggage` (W3C Trace Context and Baggage).
  package var hasTraceHeaders = false
  package var hasDuplicateOrigin = false

  /// What stands for a head where none was read.
  package static let none = RequestHead()

  package init() {}

  package func forEachField(
    in bytes: UnsafeRawBufferPointer,
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
  ) {
    HeadLines.forEachField(in: bytes, body)
  }
}
