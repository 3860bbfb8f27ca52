/// By which the log, the answer's `x-request-id` and its errors know an HTTP request: twelve hex digits.
package struct RequestID: Sendable, Equatable, CustomStringConvertible {
  package static let digits = 12

  /// Its upper 48 bits are shown.
  package var word: UInt64 = 0

  package init(_ word: UInt64 = 0) { self.word = word }

  package var description: String {
    let text = String(word >> 16, radix: 16)
    return String(repeating: "0", count: Self.digits - text.count) + text
  }
}
