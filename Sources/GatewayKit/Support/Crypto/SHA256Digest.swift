import COpenSSL

/// A SHA-256 as four words, compared and looked up without ever being text.
package struct SHA256Digest: Hashable, Sendable {
  package let a: UInt64
  package let b: UInt64
  package let c: UInt64
  package let d: UInt64

  package init(a: UInt64, b: UInt64, c: UInt64, d: UInt64) {
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
  }

  /// From the 32 bytes of a digest.
  init(bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == 32)
    func word(_ index: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
    }
    (a, b, c, d) = (word(0), word(1), word(2), word(3))
  }

  package init(hashing bytes: UnsafeRawBufferPointer) {
    self = SHA256Hasher().hash(bytes)
  }

  package init(hashing text: String) {
    var text = text
    self = text.withUTF8 { SHA256Digest(hashing: UnsafeRawBufferPointer($0)) }
  }

  /// Nil unless `hex` is 64 lower-case hex digits.
  package init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard let digest = digits.withUnsafeBytes({ SHA256Digest(hexBytes: $0) }) else { return nil }
    self = digest
  }

  package init?(hexBytes digits: UnsafeRawBufferPointer) {
    guard digits.count == 64 else { return nil }
    // A large store has tens of thousands of these: no branch on a digit's kind.
    var isHex = true
    func word(_ start: Int) -> UInt64 {
      var word: UInt64 = 0
      var strays: UInt8 = 0
      for index in start..<start + 16 {
        let decimal = digits[index] &- UInt8(ascii: "0")
        let letter = digits[index] &- UInt8(ascii: "a")
        strays |= (decimal < 10 ? 0 : 1) & (letter < 6 ? 0 : 1)
        word = word << 4 | UInt64((decimal < 10 ? decimal : letter &+ 10) & 15)
      }
      if strays != 0 { isHex = false }
      return word
    }
    (a, b, c, d) = (word(0), word(16), word(32), word(48))
    guard isHex else { return nil }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  package var hex: String {
    String(unsafeUninitializedCapacity: 64) { text in
      var index = 0
      for word in [a, b, c, d] {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
          text[index] = Self.digits[Int(word >> shift & 15)]
          index += 1
        }
      }
      return 64
    }
  }

  /// Takes the same time whatever differs: for secrets that a caller may try out.
  package func isEqualInConstantTime(to other: SHA256Digest) -> Bool {
    (a ^ other.a) | (b ^ other.b) | (c ^ other.c) | (d ^ other.d) == 0
  }
}
