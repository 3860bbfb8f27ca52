import NIOCore

/// A way to a call from any loop.
struct CallLink: Sendable {
  private let call: NIOLoopBound<BackendCall>
  private let eventLoop: any EventLoop

  /// On the call's loop.
  init(_ call: BackendCall) {
    eventLoop = call.loop.eventLoop
    self.call = NIOLoopBound(call, eventLoop: eventLoop)
  }

  func perform(_ body: @escaping @Sendable (BackendCall) -> Void) {
    if eventLoop.inEventLoop {
      body(call.value)
    } else {
      let call = call
      eventLoop.execute {
        call.value.loop.readClock()
        body(call.value)
      }
    }
  }

  func resume() { perform { $0.resume() } }

  /// A connection of the client's has ended.
  func clientGone(_ owner: ObjectIdentifier) { perform { $0.clientGone(owner) } }

  func cancel(_ reason: String) { perform { $0.cancel(reason) } }
}
