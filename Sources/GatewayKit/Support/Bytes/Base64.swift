/// Base64 with padding, canonical forms only (RFC 4648, sections 3.5 and 4).
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let group = bytes[index..<min(index + 3, bytes.count)]
      let word = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
      for position in 0..<4 {
        text.append(
          position <= group.count
            ? alphabet[Int(word >> (18 - 6 * UInt32(position)) & 63)] : UInt8(ascii: "="))
      }
      index += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil unless `text` is exactly what `encode` gives for some bytes.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    var word: UInt32 = 0
    var digits = 0
    var padding = 0
    for byte in text {
      let value: UInt32
      if byte == UInt8(ascii: "=") {
        padding += 1
        value = 0
      } else {
        guard padding == 0, let index = alphabet.firstIndex(of: byte) else { return nil }
        value = UInt32(index)
      }
      word = word << 6 | value
      digits += 1
      if digits == 4 {
        bytes += [UInt8(word >> 16 & 255), UInt8(word >> 8 & 255), UInt8(word & 255)]
        word = 0
        digits = 0
      }
    }
    guard padding <= 2 else { return nil }
    bytes.removeLast(padding)
    return encode(bytes).utf8.elementsEqual(text) ? bytes : nil
  }
}
