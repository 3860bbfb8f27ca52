import NIOCore

/// One HTTP request of a call, and the messages in its answer: one in a JSON body, any number in an
/// event stream.
final class HTTPExchange: UpstreamReceiver {
  /// The largest message that is taken, in bytes.
  static let messageLimit = 32 << 20

  private let transport: HTTPCallTransport
  private var upstream: UpstreamConnection?
  private var head: ResponseHead?
  private var events: EventStreamParser
  private var json: [UInt8] = []
  private var hasResponse = false

  init(_ transport: HTTPCallTransport, events: EventStreamParser) {
    self.transport = transport
    self.events = events
  }

  private var isCurrent: Bool { transport.isCurrent(self) }
  private var peer: BackendPeer { transport.peer }

  func pause() { upstream?.pause() }
  func resume() { upstream?.resume() }

  func close() {
    upstream?.close()
    upstream = nil
  }

  /// The response is here, and what may follow it is nobody's.
  func finish() {
    upstream?.leave()
    upstream = nil
  }

  // MARK: The answer

  func awaits(_ serial: Int) -> Bool { isCurrent }
  var wantsPayload: Bool { true }

  func upstreamStarted(_ connection: UpstreamConnection) { upstream = connection }

  func upstreamHead(_ head: ResponseHead, _ bytes: ByteBuffer) {
    guard isCurrent else { return }
    if head.status == 404, transport.lostSession() { return letGo() }
    if head.refusesGateway {
      letGo()
      return fail(.badAnswer("status \(head.status)"), as: .refused(status: head.status))
    }
    if [400, 404, 405].contains(head.status) {
      transport.loop.server.backends.backend(peer.id)?.doubtEra()
    }
    self.head = head
    if head.isEventStream { peer.streamHabit.note(transport.era) }
  }

  func upstreamBody(_ bytes: ByteBuffer) {
    guard let head, isCurrent else { return }
    if head.isEventStream {
      let found = bytes.withUnsafeReadableBytes { events.take($0) }
      for event in found where !event.data.isEmpty {
        guard isCurrent else { return }
        if transport.received(event.data) { hasResponse = true }
      }
    } else {
      json.append(contentsOf: bytes.readableBytesView)
    }
    guard max(events.buffered, json.count) > Self.messageLimit, isCurrent else { return }
    letGo()
    let reason = "a message of its is larger than \(Self.messageLimit >> 20) MiB"
    fail(.badAnswer(reason), as: .badAnswer(reason))
  }

  func upstreamEnd(_ bytes: ByteBuffer) {
    // It is in the pool again, and may serve another already: it is not ours to pause or close.
    upstream = nil
    upstreamBody(bytes)
    guard let head, isCurrent, !hasResponse else { return }
    guard !head.isEventStream else {
      if !transport.resumeStream(events) { fail(.closedEarly, as: .closedEarly) }
      return
    }
    if head.status == 400, JSONRPCMessage.saysSessionLost(json), transport.lostSession() { return }
    if transport.received(json) {
      return
    } else if (200..<300).contains(head.status) {
      let reason = json.isEmpty ? "it is empty" : "it is no JSON-RPC response"
      fail(.badAnswer(reason), as: .badAnswer(reason))
    } else {
      fail(.badAnswer("status \(head.status)"), as: .refused(status: head.status))
    }
  }

  func upstreamFailed(_ failure: UpstreamFailure) {
    upstream = nil
    guard isCurrent else { return }
    if head?.isEventStream == true, !hasResponse, transport.resumeStream(events) { return }
    transport.failed(failure)
  }

  private func fail(_ failure: UpstreamFailure, as known: BackendFailure) {
    peer.recordFailure(known)
    transport.failed(failure)
  }

  private func letGo() {
    upstream?.abandon()
    upstream = nil
  }
}

/// Reads an answer away that nobody waits for.
final class UnreadAnswer: UpstreamReceiver {
  func awaits(_ serial: Int) -> Bool { true }
  var wantsPayload: Bool { false }
  func upstreamStarted(_ connection: UpstreamConnection) {}
  func upstreamHead(_ head: ResponseHead, _ bytes: ByteBuffer) {}
  func upstreamBody(_ bytes: ByteBuffer) {}
  func upstreamEnd(_ bytes: ByteBuffer) {}
  func upstreamFailed(_ failure: UpstreamFailure) {}
}
