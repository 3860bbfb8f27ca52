/// An immutable map from byte strings to values that is asked with a pointer and allocates nothing.
///
/// The data path looks up names where they lie in a request's body. Keys are hashed with the
/// process's random seed, so a backend that chooses its tools' names cannot make them collide.
package struct ByteStringMap<Value: Sendable>: Sendable {
  private struct Entry: Sendable {
    let hash: Int
    let start: Int
    let length: Int
    let value: Value
  }

  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  /// Open addressing with linear probing; -1 is free. The size is a power of two.
  private var slots: [Int32]
  private let mask: Int

  package init(_ pairs: [(key: [UInt8], value: Value)]) {
    var size = 8
    while size < pairs.count * 2 { size *= 2 }
    slots = Array(repeating: -1, count: size)
    mask = size - 1
    entries.reserveCapacity(pairs.count)
    for (key, value) in pairs { insert(key, value) }
  }

  /// The first pair with a key wins.
  private mutating func insert(_ key: [UInt8], _ value: Value) {
    let hash = key.withUnsafeBytes(Self.hash)
    guard key.withUnsafeBytes({ find($0, hash) }) == nil else { return }
    var slot = hash & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(entries.count)
    entries.append(Entry(hash: hash, start: bytes.count, length: key.count, value: value))
    bytes.append(contentsOf: key)
  }

  package var count: Int { entries.count }

  package subscript(_ key: UnsafeRawBufferPointer) -> Value? {
    guard !entries.isEmpty, let index = find(key, Self.hash(key)) else { return nil }
    return entries[index].value
  }

  package subscript(_ key: String) -> Value? {
    var key = key
    return key.withUTF8 { self[UnsafeRawBufferPointer($0)] }
  }

  private func find(_ key: UnsafeRawBufferPointer, _ hash: Int) -> Int? {
    var slot = hash & mask
    while true {
      let index = Int(slots[slot])
      guard index >= 0 else { return nil }
      let entry = entries[index]
      if entry.hash == hash, entry.length == key.count, holds(key, at: entry.start) { return index }
      slot = (slot + 1) & mask
    }
  }

  private func holds(_ key: UnsafeRawBufferPointer, at start: Int) -> Bool {
    bytes.withUnsafeBytes { key.isSame(as: $0[start..<start + key.count]) }
  }

  private static func hash(_ key: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: key)
    return hasher.finalize()
  }
}
