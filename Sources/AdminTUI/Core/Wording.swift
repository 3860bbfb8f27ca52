import GatewayKit

/// Times and counts as the console says them.
enum Wording {
  static func count(_ number: Int, _ word: String) -> String {
    "\(grouped(number)) \(word)\(number == 1 ? "" : "s")"
  }

  /// `81,002`.
  static func grouped(_ number: Int) -> String {
    var digits = Array(String(abs(number)))
    var index = digits.count - 3
    while index > 0 {
      digits.insert(",", at: index)
      index -= 3
    }
    return (number < 0 ? "-" : "") + String(digits)
  }

  /// `4s`, `2m`, `6h`, `31d`.
  static func ago(_ moment: Timestamp, _ now: Timestamp) -> String {
    short(max(0, moment.duration(to: now).components.seconds))
  }

  static func short(_ seconds: Int64) -> String {
    switch seconds {
    case ..<60: "\(seconds)s"
    case ..<3600: "\(seconds / 60)m"
    case ..<86_400: "\(seconds / 3600)h"
    default: "\(seconds / 86_400)d"
    }
  }

  /// `41d left`, `never`, `revoked`.
  static func end(_ key: APIKey, _ now: Timestamp) -> String {
    if key.isRevoked { return "revoked" }
    guard let end = key.expiresAt else { return "never" }
    let seconds = now.duration(to: end).components.seconds
    if seconds <= 0 { return "expired" }
    // What was made for 90 days has 90 left, not 89 and something.
    return "\(seconds > 2 * 86_400 ? "\((seconds + 43_200) / 86_400)d" : short(seconds)) left"
  }

  /// `2026-11-23 14:05`.
  static func minute(_ moment: Timestamp, zone: Int) -> String {
    String(second(moment, zone: zone).prefix(16))
  }

  /// `2026-11-23 14:05:12`.
  static func second(_ moment: Timestamp, zone: Int) -> String {
    let text = moment.advanced(by: .seconds(zone)).description
    return String(text.prefix(19)).replacing("T", with: " ")
  }

  /// `14:05`.
  static func clock(_ moment: Timestamp, zone: Int) -> String {
    String(second(moment, zone: zone).dropFirst(11).prefix(5))
  }

  /// `0.4`.
  static func percent(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths >= 1000 ? "100" : "\(tenths / 10).\(tenths % 10)"
  }

  static func milliseconds(_ value: Double?) -> String {
    guard let value else { return "—" }
    if value < 1000 { return "\(Int(value.rounded()))ms" }
    return "\(Double(Int(value / 100)) / 10)s"
  }
}
