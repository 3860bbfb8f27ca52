/// A setting that is a number within bounds: its name in the configuration, what it may be, and where
/// its value stands in a `Root`.
package struct BoundedSetting<Root>: Sendable {
  /// The member inside `gateway`, such as `limits.bodyBytes`.
  package let name: String
  /// What it bounds, as a phrase that can follow "more than".
  package let summary: String
  package let field: Field

  /// Where the value stands, its unit, and what it may be.
  package enum Field: Sendable {
    case count(WritableKeyPath<Root, Int> & Sendable, ClosedRange<Int>)
    case bytes(WritableKeyPath<Root, Int> & Sendable, ClosedRange<Int>)
    case time(WritableKeyPath<Root, Duration> & Sendable, ClosedRange<Duration>)
  }

  /// The value in `root`, as people read it: `16 KiB`, `10 s`, `256`.
  package func text(in root: Root) -> String {
    switch field {
    case .count(let path, _): "\(root[keyPath: path])"
    case .bytes(let path, _): ByteSize.text(root[keyPath: path])
    case .time(let path, _): DurationText.text(root[keyPath: path])
    }
  }

  /// The least and the most that it may be, as people read them.
  package var bounds: String {
    switch field {
    case .count(_, let range): "\(range.lowerBound) to \(range.upperBound)"
    case .bytes(_, let range):
      "\(ByteSize.text(range.lowerBound)) to \(ByteSize.text(range.upperBound))"
    case .time(_, let range):
      "\(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
    }
  }

  /// The value in `root` as a number: a count, bytes, or milliseconds.
  package func number(in root: Root) -> Int {
    switch field {
    case .count(let path, _), .bytes(let path, _): root[keyPath: path]
    case .time(let path, _): Int(root[keyPath: path].milliseconds)
    }
  }

  /// `count`, `bytes` or `milliseconds`: the unit of ``number(in:)``.
  package var unit: String {
    switch field {
    case .count: "count"
    case .bytes: "bytes"
    case .time: "milliseconds"
    }
  }

  /// The row of the table of all settings.
  package func setting(standard: Root) -> Setting {
    switch field {
    case .count:
      Setting(name, type: "number", standard: text(in: standard), bounds: bounds)
    case .bytes:
      Setting(
        name, type: "bytes", standard: text(in: standard), bounds: bounds,
        unit: "bytes, or a text with KiB, MiB, GiB")
    case .time:
      Setting(
        name, type: "time", standard: text(in: standard), bounds: bounds,
        unit: "a text with ms, s, m, h, d")
    }
  }
}
