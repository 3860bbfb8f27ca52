import DequeModule
import Synchronization

/// What was sent on one event stream of a legacy session, kept for a while so that a client that lost
/// its connection can come back for the rest (2025-11-25, Streamable HTTP, Resumability and Redelivery).
final class ReplayStream: Sendable {
  /// The most bytes that are kept; beyond that the oldest events go.
  static let byteLimit = 256 << 10
  /// How long it is kept once it is complete, or nobody reads it, in seconds.
  static let keptFor: Int64 = 120

  typealias Event = (number: UInt64, message: [UInt8])

  let session: SessionNumber
  let principal: Principal
  private let name = SecureRandom.word

  private struct State {
    var events: Deque<Event> = []
    var bytes = 0
    var next: UInt64 = 1
    var isComplete = false
    /// It is no longer to be found, and keeps nothing any more.
    var isDropped = false
    var lastUsed = MonotonicClock.seconds
  }

  private let state = Mutex(State())
  /// The call that the stream belongs to; nil for the session's own stream.
  let call: CallLink?

  init(session: SessionNumber, of principal: Principal, call: CallLink?) {
    self.session = session
    self.principal = principal
    self.call = call
  }

  /// The id of an event, as it stands in the stream.
  func id(_ number: UInt64) -> String { "\(String(name, radix: 16))-\(number)" }

  /// The number of an event whose id this is; nil for the id of another stream.
  func number(of id: String) -> UInt64? {
    let parts = id.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, UInt64(parts[0], radix: 16) == name else { return nil }
    return UInt64(parts[1])
  }

  /// Keeps an event; its number, and how many bytes more are kept then.
  func append(_ message: [UInt8], isLast: Bool = false) -> (number: UInt64, growth: Int) {
    state.withLock { state in
      let number = state.next
      state.next += 1
      state.isComplete = isLast
      state.lastUsed = MonotonicClock.seconds
      guard !state.isDropped else { return (number, 0) }
      let before = state.bytes
      state.events.append((number, message))
      state.bytes += message.count
      while state.bytes > Self.byteLimit, state.events.count > 1 {
        state.bytes -= state.events.removeFirst().message.count
      }
      return (number, state.bytes - before)
    }
  }

  /// Keeps nothing from now on; how many bytes that frees.
  func drop() -> Int {
    state.withLock { state in
      state.isDropped = true
      state.events = []
      defer { state.bytes = 0 }
      return state.bytes
    }
  }

  /// What came behind an event, and whether there will be no more.
  func events(after number: UInt64) -> (events: [Event], isComplete: Bool) {
    state.withLock { state in
      state.lastUsed = MonotonicClock.seconds
      return (state.events.filter { $0.number > number }, state.isComplete)
    }
  }

  /// It is being read.
  func touch() { state.withLock { $0.lastUsed = MonotonicClock.seconds } }

  func isOld(_ now: Int64) -> Bool { state.withLock { now - $0.lastUsed > Self.keptFor } }
}
