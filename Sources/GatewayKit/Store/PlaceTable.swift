/// Finds places in an array by hash: open addressing in one flat array of words.
///
/// A word holds 32 bits of the hash and the place, so that a look-up touches the array itself only
/// where the hash fits, and growing needs nothing but the words.
struct PlaceTable: Sendable {
  /// Upper half: hash. Lower half: place + 1; a word of 0 is free.
  private var words: [UInt64]
  private var mask: Int
  private var count = 0

  init(capacity: Int) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    words = [UInt64](repeating: 0, count: size)
    mask = size - 1
  }

  mutating func insert(_ hash: UInt32, _ place: Int) {
    if (count + 1) * 2 > words.count { grow() }
    put(UInt64(hash) << 32 | UInt64(place + 1))
    count += 1
  }

  /// The first place of that hash for which `isIt` says so.
  @inline(__always)
  func find(_ hash: UInt32, _ isIt: (Int) -> Bool) -> Int? {
    var slot = Int(hash) & mask
    while true {
      let word = words[slot]
      if word == 0 { return nil }
      if word >> 32 == UInt64(hash) {
        let place = Int(word & 0xFFFF_FFFF) - 1
        if isIt(place) { return place }
      }
      slot = (slot + 1) & mask
    }
  }

  private mutating func put(_ word: UInt64) {
    var slot = Int(word >> 32) & mask
    while words[slot] != 0 { slot = (slot + 1) & mask }
    words[slot] = word
  }

  private mutating func grow() {
    let old = words
    words = [UInt64](repeating: 0, count: old.count * 2)
    mask = words.count - 1
    for word in old where word != 0 { put(word) }
  }

  /// FNV-1a, its halves folded: names and ids are short.
  static func hash(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  }
}
