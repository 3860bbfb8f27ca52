import NIOCore
import Synchronization

/// The streams by which legacy sessions are told what belongs to no call (the GET stream).
///
/// A message goes out on one of a session's streams, not on all of them (2025-11-25, Streamable HTTP,
/// Multiple Connections).
final class SessionStreams: Sendable {
  private struct Stream {
    let connection: NIOLoopBound<ClientConnection>
    let eventLoop: any EventLoop
    let serial: Int
    let owner: ObjectIdentifier
  }

  private let streams = Mutex<[SessionNumber: [Stream]]>([:])

  /// Call on the connection's loop.
  func add(_ connection: ClientConnection, for session: SessionNumber) {
    let eventLoop = connection.loop.eventLoop
    let stream = Stream(
      connection: NIOLoopBound(connection, eventLoop: eventLoop), eventLoop: eventLoop,
      serial: connection.serial, owner: ObjectIdentifier(connection))
    streams.withLock { $0[session, default: []].append(stream) }
  }

  func remove(_ connection: ClientConnection, of session: SessionNumber) {
    let owner = ObjectIdentifier(connection)
    streams.withLock { streams in
      streams[session]?.removeAll { $0.owner == owner }
      if streams[session]?.isEmpty == true { streams[session] = nil }
    }
  }

  func isOpen(_ session: SessionNumber) -> Bool { streams.withLock { $0[session] != nil } }

  /// Sends a message; false when the session has no stream.
  func send(_ message: [UInt8], to session: SessionNumber) -> Bool {
    perform(on: session) { $0.tell(message) }
  }

  /// Does something on one of a session's streams; false when it has none.
  func perform(
    on session: SessionNumber, _ body: @escaping @Sendable (ClientConnection) -> Void
  ) -> Bool {
    // The newest: an older one may have been left without being closed.
    guard let stream = streams.withLock({ $0[session]?.last }) else { return false }
    stream.eventLoop.execute {
      let connection = stream.connection.value
      guard connection.serial == stream.serial else { return }
      connection.loop.readClock()
      body(connection)
    }
    return true
  }
}
