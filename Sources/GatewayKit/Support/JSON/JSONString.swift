/// A string where it lies in the bytes that were read.
package struct JSONString: Hashable, Sendable {
  /// Between the quotes.
  package let range: Range<Int>
  package let hasEscapes: Bool

  package init(range: Range<Int>, hasEscapes: Bool) {
    self.range = range
    self.hasEscapes = hasEscapes
  }
}

/// What a JSON value is.
package enum JSONKind: Sendable {
  case object, array, string, number, bool, null
}
