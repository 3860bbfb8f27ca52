/// Where something lies in the users' file: small, so that the index of a large file stays small.
struct ByteSpan: Sendable, Equatable {
  var start: UInt32
  var count: UInt32

  static let none = ByteSpan(start: 0, count: 0)

  init(start: UInt32, count: UInt32) {
    self.start = start
    self.count = count
  }

  /// A range of a file that the reader has bounded.
  init(_ range: Range<Int>) {
    start = UInt32(range.lowerBound)
    count = UInt32(range.count)
  }

  var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
  var isEmpty: Bool { count == 0 }

  /// The same bytes, counted from `base`.
  func relative(to base: Int) -> ByteSpan {
    isEmpty ? .none : ByteSpan(start: start - UInt32(base), count: count)
  }

  mutating func shift(by delta: Int) { start = UInt32(Int(start) + delta) }
}
