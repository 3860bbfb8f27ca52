import NIOCore

/// A way to a connection from any loop, for as long as it works on the request that it worked on.
struct ConnectionLink: Hashable, Sendable {
  private let connection: NIOLoopBound<ClientConnection>
  private let eventLoop: any EventLoop
  private let serial: Int
  private let identity: ObjectIdentifier

  /// Call on the connection's loop.
  init(_ connection: ClientConnection) {
    eventLoop = connection.loop.eventLoop
    self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
    serial = connection.serial
    identity = ObjectIdentifier(connection)
  }

  static func == (left: Self, right: Self) -> Bool {
    left.identity == right.identity && left.serial == right.serial
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(identity)
    hasher.combine(serial)
  }

  /// Whether it still does.
  func isCurrent() async -> Bool {
    let (connection, serial) = (connection, serial)
    return (try? await eventLoop.submit { connection.value.serial == serial }.get()) ?? false
  }

  func perform(_ body: @escaping @Sendable (ClientConnection) -> Void) {
    let (connection, serial) = (connection, serial)
    eventLoop.execute {
      let connection = connection.value
      guard connection.serial == serial else { return }
      connection.loop.readClock()
      body(connection)
    }
  }
}
