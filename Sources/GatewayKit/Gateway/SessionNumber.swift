/// The random number by which a legacy session is known inside the gateway, 128 bits.
package struct SessionNumber: Hashable, Sendable, CustomStringConvertible {
  package let high: UInt64
  package let low: UInt64

  /// A new one from the system's random source.
  package init() {
    high = SecureRandom.word
    low = SecureRandom.word
  }

  /// Nil unless `text` is what `description` gives: 32 lower-case hex digits.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.count == 32,
      !text.utf8.contains(where: { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 }),
      let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.high = high
    self.low = low
  }

  package var description: String { Self.hex(high) + Self.hex(low) }

  static func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
