import NIOCore
import Testing

@testable import GatewayKit

@Suite struct ReservedWriterTests {
  private func text(_ write: (inout ReservedWriter) -> Void) -> String {
    var buffer = ByteBuffer()
    buffer.writeReserved(upTo: 64, write)
    return String(buffer: buffer)
  }

  @Test func numbersAreWrittenAsStringHasThem() {
    var numbers = [0, 1, 9, 10, 99, 100, .max]
    numbers += (0..<1000).map { _ in Int.random(in: 0 ... .max) >> Int.random(in: 0..<63) }
    for number in numbers {
      #expect(text { $0.write(decimal: number) } == String(number))
      let word = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
      let digits = String(word, radix: 16)
      let padded = String(repeating: "0", count: 16 - digits.count) + digits
      #expect(text { $0.write(hex: word) } == padded)
      #expect(text { $0.write(hex: word, digits: 12) } == padded.prefix(12))
    }
  }

  /// RFC 4231, test cases 1 and 2; HMAC fills a shorter key up with zeros.
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0B, count: 20), "Hi ", "There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want ", "for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
  ])
  func aSignatureIsThatOfTheStandard(
    key: [UInt8], first: String, second: String, expected: String
  ) {
    let signer = HMACSigner(key: key + [UInt8](repeating: 0, count: 32 - key.count))
    for _ in 0..<2 {
      let seal = Array(first.utf8).withUnsafeBytes { first in
        Array(second.utf8).withUnsafeBytes { signer.sign(first, $0) }
      }
      #expect(seal.hex == expected)
    }
  }
}
