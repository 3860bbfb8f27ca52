/// Lengths of time as people write them: a whole number and `ms`, `s`, `m`, `h` or `d`.
package enum DurationText {
  private static let units: [(suffix: String, milliseconds: Int)] = [
    ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]

  /// Reads `250ms`, `10s`, `10 s`, `5m`, `24h`, `7d`; nil for anything else, and past 1,000 years.
  package static func parse(_ text: String) -> Duration? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits) else { return nil }
    var suffix = text[digits.endIndex...]
    if suffix.first == " " { suffix = suffix.dropFirst() }
    guard let unit = units.first(where: { $0.suffix == suffix }) else { return nil }
    let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
    guard !overflow, milliseconds <= 365_250 * 86_400_000 else { return nil }
    return .milliseconds(milliseconds)
  }

  /// The shortest exact spelling: `250 ms`, `10 s`, `5 m`, `7 d`.
  package static func text(_ duration: Duration) -> String {
    let whole = Int(duration.milliseconds)
    guard whole > 0 else { return "0 s" }
    for unit in units.reversed() where whole % unit.milliseconds == 0 {
      // 60 s and 75 s read better than 1 m and 75 s.
      if unit.suffix == "m" && whole < 300_000 { continue }
      return "\(whole / unit.milliseconds) \(unit.suffix)"
    }
    return "\(whole) ms"
  }
}
