/// Numbers of bytes as people write them: bare, or with `KiB`, `MiB`, `GiB`.
package enum ByteSize {
  private static let units: [(suffix: String, bytes: Int)] = [
    ("B", 1), ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824),
  ]

  /// Reads `16384`, `16KiB`, `8 MiB`; nil for anything else.
  package static func parse(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits) else { return nil }
    var suffix = text[digits.endIndex...]
    if suffix.isEmpty { return number }
    if suffix.first == " " { suffix = suffix.dropFirst() }
    guard let unit = units.first(where: { $0.suffix == suffix }) else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
    return overflow ? nil : bytes
  }

  /// The shortest exact spelling: `16 KiB`, `8 MiB`, `1000 B`.
  package static func text(_ bytes: Int) -> String {
    for unit in units.reversed() where bytes >= unit.bytes && bytes % unit.bytes == 0 {
      return "\(bytes / unit.bytes) \(unit.suffix)"
    }
    return "\(bytes) B"
  }
}
