/// A pattern of an access entry, matched against names where they lie.
struct AccessPattern: Hashable, Sendable {
  private let bytes: [UInt8]
  let isEverything: Bool
  private let hasWildcards: Bool

  init(_ text: String) {
    bytes = Array(text.utf8)
    isEverything = bytes.allSatisfy { $0 == UInt8(ascii: "*") }
    hasWildcards = bytes.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
  }

  /// Time is bounded by the product of both lengths; nothing is allocated.
  func matches(_ name: UnsafeRawBufferPointer) -> Bool {
    if isEverything { return true }
    return bytes.withUnsafeBytes { pattern in
      guard hasWildcards else { return pattern.elementsEqual(name) }
      var p = 0
      var n = 0
      // Where to go on when what follows the last star did not match.
      var star = -1
      var starName = 0
      while n < name.count {
        if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
          star = p
          starName = n
          p += 1
        } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") {
          p += 1
          n = Self.afterScalar(name, n)
        } else if p < pattern.count, pattern[p] == name[n] {
          p += 1
          n += 1
        } else if star >= 0 {
          p = star + 1
          starName += 1
          n = starName
        } else {
          return false
        }
      }
      while p < pattern.count, pattern[p] == UInt8(ascii: "*") { p += 1 }
      return p == pattern.count
    }
  }

  /// A question mark stands for a character, not for a byte of one.
  private static func afterScalar(_ name: UnsafeRawBufferPointer, _ index: Int) -> Int {
    var next = index + 1
    while next < name.count, name[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }
}
