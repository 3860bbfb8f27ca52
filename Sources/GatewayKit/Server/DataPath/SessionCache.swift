/// One loop's read copies of legacy sessions, found by the id as it lies in a request's head.
struct SessionCache {
  /// By a seeded hash of the id's bytes: an entry is used only if all of its bytes are the same.
  private var byHash: [Int: SessionEntry] = [:]
  private var hashes: [SessionNumber: Int] = [:]
  private var byPoolKey: [PoolKey: SessionEntry] = [:]
  private var poolKeys: [SessionNumber: PoolKey] = [:]

  var count: Int { byHash.count }

  func find(_ sealed: UnsafeRawBufferPointer) -> SessionEntry? {
    guard let entry = byHash[Self.hash(sealed)],
      sealed.isSame(as: entry.sealed)
    else { return nil }
    return entry
  }

  func pooled(_ key: PoolKey) -> SessionEntry? { byPoolKey[key] }

  /// Takes a newer copy, or with nil forgets the session.
  mutating func update(_ number: SessionNumber, _ entry: SessionEntry?) {
    if let old = hashes.removeValue(forKey: number) { byHash[old] = nil }
    if let old = poolKeys.removeValue(forKey: number) { byPoolKey[old] = nil }
    guard let entry else { return }
    if let key = entry.poolKey {
      poolKeys[number] = key
      byPoolKey[key] = entry
      return
    }
    let hash = entry.sealed.withUnsafeBytes(Self.hash)
    hashes[number] = hash
    byHash[hash] = entry
  }

  private static func hash(_ sealed: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: sealed)
    return hasher.finalize()
  }
}
