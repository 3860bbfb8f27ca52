import NIOCore

/// The connection that a call's client reads from, on whatever loop it is.
struct CallSink: Sendable {
  private let connection: NIOLoopBound<ClientConnection>
  private let eventLoop: any EventLoop
  private let serial: Int
  /// Tells connections apart; this holds it, so that no other can be at its place.
  let owner: ObjectIdentifier
  /// Whether it takes messages before the response.
  let takesMessages: Bool

  /// Call on the connection's loop.
  init(_ connection: ClientConnection) {
    eventLoop = connection.loop.eventLoop
    self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
    serial = connection.serial
    owner = ObjectIdentifier(connection)
    takesMessages = connection.takesMessages
  }

  /// Hands an event over. Unless it returns true, the next one is to wait until the connection calls
  /// `BackendCall.resume`.
  func deliver(_ event: CallEvent) -> Bool {
    guard !eventLoop.inEventLoop else {
      let connection = connection.value
      guard connection.serial == serial else { return true }
      connection.take(event)
      return connection.channel.isWritable
    }
    let (connection, serial) = (connection, serial)
    eventLoop.execute {
      let connection = connection.value
      guard connection.serial == serial else { return }
      connection.loop.readClock()
      connection.take(event)
      if connection.channel.isWritable { connection.backendCall?.resume() }
      connection.advance()
    }
    return false
  }
}
