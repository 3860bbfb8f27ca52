/// What is counted of calls.
public struct UsageCounts: Hashable, Sendable {
  /// Calls that were let through, however they ended.
  public internal(set) var calls: UInt64 = 0
  /// Of those, the ones that ended in an error, the tool's own or a JSON-RPC one.
  public internal(set) var errors: UInt64 = 0
  /// Calls that the access lists denied.
  public internal(set) var denials: UInt64 = 0
  /// Bytes of the calls and of their answers.
  public internal(set) var bytesIn: UInt64 = 0
  public internal(set) var bytesOut: UInt64 = 0

  init() {}

  var isEmpty: Bool { self == UsageCounts() }

  static func += (left: inout UsageCounts, right: UsageCounts) {
    left.calls &+= right.calls
    left.errors &+= right.errors
    left.denials &+= right.denials
    left.bytesIn &+= right.bytesIn
    left.bytesOut &+= right.bytesOut
  }

  /// In the order in which they are written.
  var numbers: [UInt64] { [calls, errors, denials, bytesIn, bytesOut] }

  init?(_ numbers: some Collection<UInt64>) {
    guard numbers.count == 5 else { return nil }
    let numbers = Array(numbers)
    (calls, errors, denials, bytesIn, bytesOut) =
      (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
  }
}
