import NIOCore
import Synchronization

/// What happens in the running gateway, told to whoever listens (`GET /events`): each event is
/// encoded once. Who does not keep up loses the oldest of them.
final class EventHub: Sendable {
  /// The most events that wait for one listener.
  static let waitingLimit = 256

  enum Event: String {
    /// The store was written: `generation`.
    case store
    /// A backend is another than it was: its row of `/status`.
    case backend
    /// A session began or ended.
    case session
    /// Calls since the last of these, by backend and by user.
    case usage
  }

  private struct State {
    var listeners: [Int: AsyncStream<ByteBuffer>.Continuation] = [:]
    var next = 0
    var isFinished = false
  }

  private let state = Mutex(State())

  var hasListeners: Bool { state.withLock { !$0.listeners.isEmpty } }
  var listenerCount: Int { state.withLock { $0.listeners.count } }

  /// Tells all listeners. `data` is asked for only where there are some.
  func tell(_ event: Event, _ data: () -> JSONValue) {
    guard hasListeners else { return }
    deliver(Self.encode(event, data()))
  }

  private func deliver(_ bytes: ByteBuffer) {
    let listeners = state.withLock { Array($0.listeners.values) }
    for listener in listeners { listener.yield(bytes) }
  }

  /// How long a stream may be silent.
  static let heartbeat = Duration.seconds(15)

  /// Keeps proxies from ending silent streams, until it is cancelled.
  func beat() async {
    while (try? await Task.sleep(for: Self.heartbeat)) != nil {
      deliver(ByteBuffer(string: ": still here\n\n"))
    }
  }

  static func encode(_ event: Event, _ data: JSONValue) -> ByteBuffer {
    // JSON has no line ends of its own.
    ByteBuffer(string: "event: \(event.rawValue)\ndata: \(data.text)\n\n")
  }

  /// The events from now on, until the listener goes or the gateway stops.
  func listen() -> AsyncStream<ByteBuffer> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(Self.waitingLimit))
    let number = state.withLock { state -> Int? in
      guard !state.isFinished else { return nil }
      state.next += 1
      state.listeners[state.next] = continuation
      return state.next
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { $0.listeners[number] = nil }
    }
    return stream
  }

  /// Ends all listeners' streams: the gateway stops.
  func finish() {
    let listeners = state.withLock { state in
      state.isFinished = true
      defer { state.listeners = [:] }
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }
}
