import NIOCore

/// Who gets a backend's answer, on the loop of the connection that brings it.
protocol UpstreamReceiver: AnyObject {
  /// Whether the answer to that one of its requests is still wanted.
  func awaits(_ serial: Int) -> Bool
  /// Whether the body is wanted without its chunk framing.
  var wantsPayload: Bool { get }
  /// The request has left.
  func upstreamStarted(_ connection: UpstreamConnection)
  func upstreamHead(_ head: ResponseHead, _ bytes: ByteBuffer)
  func upstreamBody(_ bytes: ByteBuffer)
  /// The last of the body, or nothing.
  func upstreamEnd(_ bytes: ByteBuffer)
  func upstreamFailed(_ failure: UpstreamFailure)
}
