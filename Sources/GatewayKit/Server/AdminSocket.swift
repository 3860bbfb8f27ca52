import Glibc
import Logging
import NIOCore
import NIOPosix

/// The owner-only Unix socket: the admin routes without a credential, for who may open it.
///
/// Bound under umask 077, so that no other user can connect; and the uid of each peer is asked of
/// the kernel and must be the gateway's own or 0.
struct AdminSocket: Sendable {
  let channel: any Channel
  let path: String

  /// Binds the first of the places that takes a socket; nil when none does, which is logged.
  static func bind(
    at places: [String], group: MultiThreadedEventLoopGroup, server: ServerContext,
    loops: [ObjectIdentifier: LoopHandle]
  ) async throws -> AdminSocket? {
    for path in places {
      do {
        try removeStale(path)
        return try await bind(path, group: group, server: server, loops: loops)
      } catch let error as InUse {
        throw error
      } catch {
        server.logger.warning("no admin socket at \(path): \(error)")
      }
    }
    return nil
  }

  /// Another gateway answers on the socket.
  struct InUse: Error, CustomStringConvertible {
    let path: String
    var description: String {
      "Another gateway runs on the socket \(path): stop it, or start this one with another store or --admin-socket PATH."
    }
  }

  private static func bind(
    _ path: String, group: MultiThreadedEventLoopGroup, server: ServerContext,
    loops: [ObjectIdentifier: LoopHandle]
  ) async throws -> AdminSocket {
    let owner = geteuid()
    let bootstrap = Listener.acceptor(group)
      .childChannelInitializer { channel in
        guard let uid = peerUID(of: channel), uid == owner || uid == 0 else {
          return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
        }
        return Listener.prepare(channel, .socket(uid: uid), server, loops)
      }
    // The mask is the process's, so nothing else may create files meanwhile: this runs at start,
    // before anything is served.
    let mask = umask(0o077)
    defer { _ = umask(mask) }
    let channel = try await bootstrap.bind(unixDomainSocketPath: path).get()
    return AdminSocket(channel: channel, path: path)
  }

  /// A socket that nobody answers on is what a killed gateway left behind.
  private static func removeStale(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw IOError(errnoCode: EEXIST, reason: "something that is no socket stands there")
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { Glibc.close(descriptor) }
    var address = try sockaddr(path)
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: Glibc.sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    if connected == 0 { throw InUse(path: path) }
    guard errno == ECONNREFUSED else {
      throw IOError(errnoCode: errno, reason: "cannot tell whether a gateway runs there")
    }
    unlink(path)
  }

  private static func sockaddr(_ path: String) throws -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard AdminSocketPath.fits(path) else {
      throw IOError(errnoCode: ENAMETOOLONG, reason: "the path is too long for a socket")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return address
  }

  private static func peerUID(of channel: any Channel) -> UInt32? {
    guard let provider = channel as? any SocketOptionProvider else { return nil }
    // `struct ucred` of unix(7): pid, uid, gid.
    let credentials: EventLoopFuture<(pid: Int32, uid: UInt32, gid: UInt32)> =
      provider.unsafeGetSocketOption(level: .socket, name: .init(rawValue: SO_PEERCRED))
    var uid: UInt32?
    // On the channel's own loop the future is complete at once.
    credentials.assumeIsolated().whenSuccess { uid = $0.uid }
    return uid
  }

  func close() async {
    try? await channel.close().get()
    unlink(path)
  }
}
