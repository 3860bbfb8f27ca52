import NIOCore

/// A call's way to a backend that all calls share one channel to (stdio, and HTTP+SSE).
final class ChannelCallTransport: CallTransport {
  private let backend: Backend
  private let loop: LoopState
  private let client: ChannelClient
  /// The call and this hold each other until the call is over.
  private var call: BackendCall?
  private var task: Task<Void, Never>?
  private var answer: (@Sendable ([UInt8]) -> Void)?
  private var isPaused = false
  /// Counts the requests, so that the end of an earlier one is not taken for the last one's.
  private var round = 0
  private var hasResponse = false
  /// Goes on with the next message once the call's client has taken the last.
  private var waiting: CheckedContinuation<Void, Never>?

  init(backend: Backend, client: ChannelClient, loop: LoopState) {
    self.backend = backend
    self.client = client
    self.loop = loop
  }

  func send(_ request: [UInt8], of call: BackendCall) {
    self.call = call
    hasResponse = false
    round += 1
    let round = round
    let eventLoop = loop.eventLoop
    let back = NIOLoopBound(self, eventLoop: eventLoop)
    let (backend, client) = (backend, client)
    let work: @Sendable () async -> Void = {
      await ChannelCallTransport.relay(
        request, of: client, at: backend, to: back, on: eventLoop, round)
    }
    task = Task(operation: work)
  }

  private static func relay(
    _ request: [UInt8], of client: ChannelClient, at backend: Backend,
    to back: NIOLoopBound<ChannelCallTransport>, on eventLoop: any EventLoop, _ round: Int
  ) async {
    let name = backend.configuration.name
    var failure = JSONRPCError.backendUnavailable(name, since: .now)
    do {
      let envelope = try request.withUnsafeBytes { try EnvelopeScanner.scan($0) }
      let exchange = try await backend.exchange(request, envelope, for: client)
      eventLoop.execute { back.value.answer = exchange.tell }
      for try await message in exchange.messages {
        guard await hand(message, to: back, on: eventLoop) else { return }
      }
    } catch {
      failure = BackendError.wrapping(error, backend: name).rpcError
    }
    let error = failure
    eventLoop.execute { back.value.failed(error, round) }
  }

  /// Hands a message over; whether more are wanted.
  private static func hand(
    _ message: [UInt8], to back: NIOLoopBound<ChannelCallTransport>, on eventLoop: any EventLoop
  ) async -> Bool {
    await withCheckedContinuation { continuation in
      eventLoop.execute {
        let transport = back.value
        transport.loop.readClock()
        let round = transport.round
        // What asks for another round is the response to the one before.
        if transport.call?.received(message) != false, transport.round == round {
          transport.hasResponse = true
        }
        if transport.isPaused {
          transport.waiting = continuation
        } else {
          continuation.resume()
        }
      }
    }
    return !Task.isCancelled
  }

  private func failed(_ error: JSONRPCError, _ round: Int) {
    guard round == self.round, !hasResponse else { return }
    loop.readClock()
    let call = call
    self.call = nil
    call?.failed(error)
  }

  func tell(_ message: [UInt8]) { answer?(message) }

  func pause() { isPaused = true }

  func resume() {
    isPaused = false
    let waiting = waiting
    self.waiting = nil
    waiting?.resume()
  }

  func cancel(_ id: [UInt8], reason: String) {
    call = nil
    // The end of the stream of messages is told to the backend in its own words.
    task?.cancel()
    resume()
  }

  func finish() {
    call = nil
    resume()
  }
}
