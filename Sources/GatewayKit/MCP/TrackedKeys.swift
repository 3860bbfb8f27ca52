import Glibc

/// At most sixteen member names that guards depend on, found where they lie in a body.
///
/// Parsers disagree on which of two equal names wins, and some take a name in other letters for the
/// same (CVE-2026-27896): a second one and a variant are refused, whatever they hold.
struct TrackedKeys: Sendable {
  private let keys: [StaticString]
  /// A bit for each length that a key has.
  private let lengths: UInt64

  /// All names are ASCII and shorter than 64 bytes.
  init(_ keys: [StaticString]) {
    self.keys = keys
    lengths = keys.reduce(0) { $0 | 1 << UInt64($1.utf8CodeUnitCount) }
  }

  /// The key's place among the names, or -1. A key written with escapes counts as what it says.
  ///
  /// - Parameter seen: a bit for each name that the object had before.
  func find(
    _ key: JSONString, _ reader: JSONReader, _ seen: inout UInt16
  ) throws(EnvelopeError) -> Int {
    guard !key.hasEscapes else { return try find(escaped: reader.utf8(key), &seen) }
    let bytes = UnsafeRawBufferPointer(rebasing: reader.bytes[key.range])
    if let index = exact(bytes) {
      try note(index, &seen)
      return index
    }
    try refuseVariant(bytes)
    return -1
  }

  private func find(escaped text: [UInt8], _ seen: inout UInt16) throws(EnvelopeError) -> Int {
    if let index = text.withUnsafeBytes(exact) {
      try note(index, &seen)
      return index
    }
    let variant = text.withUnsafeBytes { bytes in
      Result { () throws(EnvelopeError) in try refuseVariant(bytes) }
    }
    try variant.get()
    return -1
  }

  private func exact(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, has(length: bytes.count) else { return nil }
    for index in keys.indices where keys[index].utf8CodeUnitCount == bytes.count {
      if memcmp(base, keys[index].utf8Start, bytes.count) == 0 { return index }
    }
    return nil
  }

  private func has(length: Int) -> Bool { length < 64 && lengths & 1 << UInt64(length) != 0 }

  private func note(_ index: Int, _ seen: inout UInt16) throws(EnvelopeError) {
    let bit: UInt16 = 1 << UInt16(index)
    guard seen & bit == 0 else { throw .duplicateKey(keys[index].description) }
    seen |= bit
  }

  /// Refuses what is one of the names in other letters.
  private func refuseVariant(_ bytes: UnsafeRawBufferPointer) throws(EnvelopeError) {
    if bytes.allSatisfy({ $0 < 0x80 }) {
      guard has(length: bytes.count) else { return }
      try refuse(bytes)
    } else if bytes.count < 128 {
      let folded = CaseFolding.fold(bytes)
      let found = folded.withUnsafeBytes { bytes in
        Result { () throws(EnvelopeError) in try refuse(bytes) }
      }
      try found.get()
    }
  }

  private func refuse(_ bytes: UnsafeRawBufferPointer) throws(EnvelopeError) {
    for key in keys where key.utf8CodeUnitCount == bytes.count {
      let name = UnsafeRawBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
      if zip(name, bytes).allSatisfy({ CaseFolding.lowercase($0) == CaseFolding.lowercase($1) }) {
        throw .caseVariantKey(key.description)
      }
    }
  }
}

/// Which letters some parser takes for the same.
enum CaseFolding {
  static func lowercase(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }

  /// Whether some parser may take the text for that name, which is in lower case.
  static func isVariant(_ text: [UInt8], of name: StaticString) -> Bool {
    // A letter that folds into ASCII has three bytes at most.
    guard text.count <= 3 * name.utf8CodeUnitCount else { return false }
    return text.withUnsafeBytes { fold($0).map(lowercase) }
      .elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  /// The text with each letter beyond ASCII that folds into ASCII, in full case folding (Unicode,
  /// CaseFolding.txt) or by its upper or lower case, written in ASCII.
  static func fold(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var folded: [UInt8] = []
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\u{130}", "\u{131}": folded += "i".utf8
      case "\u{17F}": folded += "s".utf8
      case "\u{212A}": folded += "k".utf8
      case "\u{DF}", "\u{1E9E}": folded += "ss".utf8
      case "\u{FB05}", "\u{FB06}": folded += "st".utf8
      default: folded += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
    return folded
  }
}
