/// How a key is spelled: `mcpgw_`, 40 random characters of [0-9A-Za-z], 6 of checksum.
///
/// The checksum is the CRC-32 of what stands before it, in the same alphabet, so that scanners for
/// leaked secrets and `keys inspect` know one offline.
enum KeyText {
  static let prefix = "mcpgw_"
  private static let randomLength = 40
  private static let checksumLength = 6
  private static let alphabet = Array(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

  static func make() -> String {
    var generator = SecureGenerator()
    var text = Array(prefix.utf8)
    for _ in 0..<randomLength {
      text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
    }
    text += checksum(of: text)
    return String(decoding: text, as: UTF8.self)
  }

  static func checksum(of text: some Sequence<UInt8>) -> [UInt8] {
    var rest = CRC32.checksum(of: text)
    var digits: [UInt8] = []
    for _ in 0..<checksumLength {
      digits.append(alphabet[Int(rest % 62)])
      rest /= 62
    }
    return digits.reversed()
  }

  static func form(of secret: String) -> KeyForm {
    let bytes = Array(secret.utf8)
    guard bytes.starts(with: prefix.utf8) else { return .other }
    guard bytes.count == prefix.utf8.count + randomLength + checksumLength,
      bytes.dropFirst(prefix.utf8.count).allSatisfy({ alphabet.contains($0) })
    else { return .malformed }
    return checksum(of: bytes.dropLast(checksumLength)) == Array(bytes.suffix(checksumLength))
      ? .wellFormed : .badChecksum
  }
}

/// What can be told of a key's spelling without a store.
package enum KeyForm: String, Sendable {
  case wellFormed = "well_formed"
  case badChecksum = "bad_checksum"
  case malformed
  /// Not one of this gateway's making; it works all the same if its hash is in the store.
  case other

  package init(of secret: String) { self = KeyText.form(of: secret) }

  package var inWords: String {
    switch self {
    case .wellFormed: "a key of this gateway's, checksum right"
    case .badChecksum: "a key of this gateway's with a letter wrong: the checksum does not fit"
    case .malformed: "the beginning of a key, and not one: a part is missing or too much"
    case .other: "no key of this gateway's making"
    }
  }
}

/// CRC-32 as of ISO 3309 and zlib: polynomial 0xEDB88320, reflected.
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
    }
  }

  static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
  }
}
