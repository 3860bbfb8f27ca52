import Testing

@testable import GatewayKit

@Suite("Hashes, seals and random bytes")
struct CryptoTests {
  @Test(
    "SHA-256 as of FIPS 180-4",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(text: String, hex: String) {
    let hasher = SHA256Hasher()
    var text = text
    for _ in 0..<3 {
      let digest = text.withUTF8 { hasher.hash(UnsafeRawBufferPointer($0)) }
      #expect(digest.hex == hex)
      #expect(SHA256Digest(hex: hex) == digest)
    }
  }

  @Test func onlyLowerCaseHexOf64DigitsIsADigest() {
    let hex = SHA256Digest(hashing: "a").hex
    for text in [hex.uppercased(), String(hex.dropLast()), hex + "0", "g" + hex.dropFirst(), ""] {
      #expect(SHA256Digest(hex: text) == nil)
    }
  }

  @Test func digestsThatDifferInOneBitDiffer() {
    let one = SHA256Digest(a: 1, b: 2, c: 3, d: 4)
    #expect(one.isEqualInConstantTime(to: one))
    for bit in 0..<64 {
      #expect(!one.isEqualInConstantTime(to: SHA256Digest(a: 1, b: 2, c: 3 ^ 1 << bit, d: 4)))
    }
  }

  private func open(_ sealer: Sealer, _ text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { sealer.open(UnsafeRawBufferPointer($0)) }
  }

  @Test func whatIsSealedOpensAndNothingElseDoes() {
    let secret = SecureRandom.bytes(32)
    let sealer = Sealer(secrets: [secret], purpose: "session")
    for plain in [[], [1], Array("hello".utf8), SecureRandom.bytes(4096)] {
      let text = sealer.seal(plain)
      #expect(open(sealer, text) == plain)
      #expect(sealer.seal(plain) != text, "a nonce was used twice")
      #expect(open(Sealer(secrets: [secret], purpose: "other"), text) == nil)
      #expect(open(Sealer(secrets: [SecureRandom.bytes(32)], purpose: "session"), text) == nil)
      let bytes = Array(text.utf8)
      for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 20)) {
        var changed = bytes
        changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        // The last digit may carry bits that are no one's.
        if place < bytes.count - 1 {
          #expect(open(sealer, String(decoding: changed, as: UTF8.self)) == nil)
        }
      }
      #expect(open(sealer, String(text.dropLast(4))) == nil)
      #expect(open(sealer, text + "=") == nil)
    }
    for text in ["", "A", "!!!!", String(repeating: "A", count: 37)] {
      #expect(open(sealer, text) == nil)
    }
  }

  @Test func theFirstSecretSealsAndAllOpen() {
    let (old, new) = (SecureRandom.bytes(32), SecureRandom.bytes(20))
    let before = Sealer(secrets: [old], purpose: "p")
    let both = Sealer(secrets: [new, old], purpose: "p")
    let after = Sealer(secrets: [new], purpose: "p")
    #expect(open(both, before.seal([7])) == [7])
    #expect(open(after, both.seal([7])) == [7])
    #expect(open(before, both.seal([7])) == nil)
  }

  @Test func randomBytesDiffer() {
    #expect(Set((0..<100).map { _ in SecureRandom.bytes(16) }).count == 100)
    #expect(SecureRandom.bytes(0).isEmpty)
  }
}
