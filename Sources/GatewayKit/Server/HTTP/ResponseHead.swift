/// A backend's response head, as far as it matters on the way to the client.
package struct ResponseHead: Sendable {
  package var status = 0
  package var length = 0
  package var body = BodyFraming.none
  package var keepAlive = true
  package var isEventStream = false
  package var sessionID: Range<Int>?

  package init() {}

  /// It does not take the gateway's own credential, or sends it elsewhere: a matter between those two.
  package var refusesGateway: Bool {
    switch status {
    case 300..<400, 401, 403, 407: true
    default: false
    }
  }

  /// Every header line: its name, and the whole of it with its end.
  package func forEachLine(
    in bytes: UnsafeRawBufferPointer,
    _ body: (_ name: UnsafeRawBufferPointer, _ line: UnsafeRawBufferPointer) -> Void
  ) {
    HeadLines.forEachLine(in: bytes, body)
  }
}
