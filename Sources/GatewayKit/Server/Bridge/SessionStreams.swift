import Synchronization

/// The streams by which legacy sessions are told what belongs to no call (the GET stream).
///
/// A message goes out on one of a session's streams, not on all of them (2025-11-25, Streamable HTTP,
/// Multiple Connections).
final class SessionStreams: Sendable {
  private let streams = Mutex<[SessionNumber: [ConnectionLink]]>([:])

  func add(_ stream: ConnectionLink, for session: SessionNumber) {
    streams.withLock { $0[session, default: []].append(stream) }
  }

  func remove(_ stream: ConnectionLink, of session: SessionNumber) {
    streams.withLock { streams in
      streams[session]?.removeAll { $0 == stream }
      if streams[session]?.isEmpty == true { streams[session] = nil }
    }
  }

  /// Sends a backend's message; false when the session has no stream.
  func send(_ message: [UInt8], of backend: BackendID, to session: SessionNumber) -> Bool {
    perform(on: session) { $0.tell(message, of: backend) }
  }

  /// Does something on one of a session's streams; false when it has none.
  func perform(
    on session: SessionNumber, _ body: @escaping @Sendable (ClientConnection) -> Void
  ) -> Bool {
    // The newest: an older one may have been left without being closed.
    guard let stream = streams.withLock({ $0[session]?.last }) else { return false }
    stream.perform(body)
    return true
  }
}
