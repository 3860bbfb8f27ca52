import NIOCore

/// The system's clock as an event loop has it: read once a second, and in between told from the
/// time of the loop's last event, which is at hand anyway.
struct LoopClock {
  private var wall: Int64
  private var monotonic: NIODeadline
  /// The second that `text` tells.
  private var second = Int64.min
  private var text: [UInt8] = []

  init(_ now: NIODeadline) {
    wall = Timestamp.now.microseconds
    monotonic = now
  }

  /// Reads the system's clock, which may have been set meanwhile.
  mutating func set(_ now: NIODeadline) {
    wall = Timestamp.now.microseconds
    monotonic = now
  }

  /// Microseconds since 1970.
  func microseconds(_ now: NIODeadline) -> Int64 {
    wall + (now - monotonic).nanoseconds / 1000
  }

  /// ``Timestamp/fixedText``, made anew only in another second.
  mutating func text(_ now: NIODeadline) -> [UInt8] {
    let moment = microseconds(now)
    let (seconds, fraction) = moment.quotientAndRemainder(dividingBy: 1_000_000)
    guard seconds == second, fraction >= 0 else {
      second = seconds
      text = Array(Timestamp(microseconds: moment).fixedText.utf8)
      return text
    }
    var rest = fraction
    for place in stride(from: 25, through: 20, by: -1) {
      text[place] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    return text
  }
}
