import Synchronization

/// In which eras an HTTP backend was seen to answer with an event stream what needed none: a request
/// that asks for no progress and no log messages.
///
/// JSON or a stream is the backend's choice for each request (2026-07-28, Streamable HTTP), and most
/// make the same one every time.
package final class StreamHabit: Sendable {
  private let eras = Atomic<UInt8>(0)
  private let isApart = Atomic<Bool>(false)

  package init() {}

  /// Whether it asks clients on their sessions' own streams, where it cannot be told for which call: it was
  /// seen to, or has no other way, since it answers with JSON alone (as far as was seen).
  package var asksApart: Bool { isApart.load(ordering: .relaxed) || !has(.legacy) }

  package func noteAsksApart() { isApart.store(true, ordering: .relaxed) }

  package func note(_ era: ProtocolVersion.Era) {
    guard !has(era) else { return }
    eras.bitwiseOr(Self.bit(era), ordering: .relaxed)
  }

  package func has(_ era: ProtocolVersion.Era) -> Bool {
    eras.load(ordering: .relaxed) & Self.bit(era) != 0
  }

  private static func bit(_ era: ProtocolVersion.Era) -> UInt8 { era == .legacy ? 1 : 2 }
}
