import NIOCore

/// Lets a listener rest after an accept(2) that failed, as it does when no descriptor is left: the
/// connection stays in the kernel's queue, and an event loop that asked again at once would do
/// nothing else.
///
/// NIO's `AcceptBackoffHandler` delays the asking but leaves the socket registered, so that epoll
/// reports it again and again.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = Channel

  static let time = TimeAmount.milliseconds(500)
  private var isPaused = false

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isPaused, error is IOError else { return }
    isPaused = true
    let channel = context.channel
    try? channel.syncOptions?.setOption(.autoRead, value: false)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.time) { [self] in
      isPaused = false
      try? channel.syncOptions?.setOption(.autoRead, value: true)
    }
  }
}
