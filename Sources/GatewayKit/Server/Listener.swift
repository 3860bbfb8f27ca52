import Glibc
import Logging
import NIOCore
import NIOPosix

/// Accepts clients over TCP and gives each connection to the loop that it landed on.
struct Listener: Sendable {
  /// Why nothing can be accepted at an address.
  struct BindError: Error, CustomStringConvertible {
    let description: String
  }

  let channel: any Channel

  /// The address in fact, with the port that the system gave for 0.
  var port: Int { channel.localAddress?.port ?? 0 }

  static func bind(
    _ address: ListenAddress, group: MultiThreadedEventLoopGroup, server: ServerContext,
    loops: [ObjectIdentifier: LoopHandle]
  ) async throws -> Listener {
    let bootstrap = acceptor(group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        Self.prepare(channel, .tcp(address: channel.remoteAddress?.ipAddress ?? ""), server, loops)
      }
    do {
      let channel = try await bootstrap.bind(host: address.host, port: address.port).get()
      return Listener(channel: channel)
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw BindError(
        description:
          "\(address) is in use by another program: stop that, or choose another address with --listen HOST:PORT."
      )
    } catch let error as IOError where error.errnoCode == EACCES {
      throw BindError(
        description:
          "\(address) may not be used by this user: ports below 1024 belong to root; choose another with --listen HOST:PORT."
      )
    } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL {
      throw BindError(
        description:
          "Cannot listen on \(address): this machine does not have that address. Choose one that it has with --listen HOST:PORT: 127.0.0.1 for this machine alone, 0.0.0.0 for all its networks."
      )
    } catch is SocketAddressError.UnknownHost {
      throw BindError(
        description:
          "Cannot listen on \(address): no address is known for the name \(address.host). Write an IP address of this machine, with --listen HOST:PORT."
      )
    } catch {
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
      throw BindError(
        description:
          "Cannot listen on \(address): \(reason). Choose an address of this machine with --listen HOST:PORT."
      )
    }
  }

  static func acceptor(_ group: MultiThreadedEventLoopGroup) -> ServerBootstrap {
    ServerBootstrap(group: group).serverChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(AcceptPause())
      }
    }
  }

  /// Puts the gateway's one handler on an accepted connection.
  static func prepare(
    _ channel: any Channel, _ peer: ClientPeer, _ server: ServerContext,
    _ loops: [ObjectIdentifier: LoopHandle]
  ) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      guard let handle = loops[ObjectIdentifier(channel.eventLoop)] else {
        throw ChannelError.ioOnClosedChannel
      }
      // The owner's socket stays open to its owner, however many clients there are.
      if case .tcp = peer,
        !server.connections.begin(limit: server.configuration.limits.connections)
      {
        throw ChannelError.ioOnClosedChannel
      }
      try channel.pipeline.syncOperations.addHandler(
        ClientConnection(channel: channel, loop: handle.onLoop, peer: peer))
    }
  }
}
