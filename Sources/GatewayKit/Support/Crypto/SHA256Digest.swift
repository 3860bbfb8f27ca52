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
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    let isHex = withUnsafeMutableBytes(of: &words) { words in
      let words = words.bindMemory(to: UInt64.self)
      for index in 0..<64 {
        let digit: UInt8
        switch digits[index] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = digits[index] - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = digits[index] - UInt8(ascii: "a") + 10
        default: return false
        }
        words[index / 16] = words[index / 16] << 4 | UInt64(digit)
      }
      return true
    }
    guard isHex else { return nil }
    (a, b, c, d) = words
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
