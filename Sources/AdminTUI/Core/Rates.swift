import GatewayKit

/// Calls of the last five minutes, by name, from what the gateway tells each second.
struct Rates: Sendable {
  /// Seconds of a slot, and how many there are.
  private static let slot: Int64 = 10
  private static let count = 30
  private var counts: [String: [Int]] = [:]
  private var newest: Int64 = 0

  var isEmpty: Bool { counts.isEmpty }

  mutating func add(_ calls: [String: Int], at now: Timestamp) {
    let place = now.microseconds / (Self.slot * 1_000_000)
    let step = Int(clamping: max(0, min(place - newest, Int64(Self.count))))
    newest = max(newest, place)
    if step > 0 {
      for (name, old) in counts {
        let new = Array(old.dropFirst(step)) + Array(repeating: 0, count: step)
        counts[name] = new.contains { $0 > 0 } ? new : nil
      }
    }
    for (name, number) in calls {
      counts[name, default: Array(repeating: 0, count: Self.count)][Self.count - 1] += number
    }
  }

  /// In the last minute.
  func perMinute(_ name: String) -> Int { (counts[name] ?? []).suffix(6).reduce(0, +) }

  /// In equal parts of the five minutes, the oldest first.
  func line(_ name: String, parts: Int) -> [Int] {
    let all = counts[name] ?? []
    let size = Self.count / parts
    return (0..<parts).map { part in all.dropFirst(part * size).prefix(size).reduce(0, +) }
  }
}
