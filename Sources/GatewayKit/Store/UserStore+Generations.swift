import Glibc

/// An earlier state of the store that is kept beside it.
public struct StoreGeneration: Sendable {
  /// `1` is the one before the present, `2` the one before that; a date is that day's first.
  public let name: String
  /// Where it is.
  public let path: String
  /// The store's own count, when the file can be read.
  public let generation: UInt64?
  /// How many users it has.
  public let users: Int
  /// How many keys it has.
  public let keys: Int
  /// When that state was written.
  public let writtenAt: Timestamp
}

extension UserStore {
  /// The kept generations, the latest first, then those of days.
  public func generations() -> [StoreGeneration] { Self.generations(of: file) }

  static func generations(of file: StoreFile) -> [StoreGeneration] {
    let numbered = file.numberedPaths.enumerated().map { (String($0 + 1), $1) }
    let days = file.keptDays().reversed().map { (String($0.suffix(10)), $0) }
    return (numbered + days).compactMap { name, path in
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      let document = try? StoreFile(path: path).read().document
      return StoreGeneration(
        name: name, path: path, generation: document?.generation,
        users: document?.users.count ?? 0, keys: document?.keys.count ?? 0,
        writtenAt: Timestamp(microseconds: Int64(status.st_mtim.tv_sec) * 1_000_000))
    }
  }

  /// What ``restore(_:revive:seen:)`` would change.
  ///
  /// - Throws: ``StoreError/generationNotFound(_:)``, or what keeps that file from being read.
  public func difference(
    to name: String, revive: Bool = false
  ) throws(StoreError) -> StoreDifference {
    let (present, assumed) = state.withLock { ($0.document, $0.assumed) }
    let old = try kept(name)
    return StoreDifference(
      from: present, assumed, to: old, becoming: try Self.restored(old, over: present, revive))
  }

  /// Goes back to a kept generation. The present one is kept in its turn, even if it cannot be read.
  ///
  /// - Parameters:
  ///   - name: of a generation that ``generations()`` lists.
  ///   - revive: whether keys that were revoked, removed or cut short since work again.
  ///   - seen: what ``difference(to:)`` showed; when the store or the kept generation is no longer
  ///     what it was about, nothing is done.
  /// - Throws: ``StoreError/generationNotFound(_:)``, ``StoreError/conflict(field:)``, or what keeps
  ///   that file from being read.
  public func restore(
    _ name: String, revive: Bool = false, seen: StoreDifference? = nil
  ) async throws(StoreError) {
    try await update(
      .storeRestored, details: [("from", .string(name)), ("revive", .bool(revive))],
      replacesUnreadable: true
    ) { [self] document throws(StoreError) in
      let present = document
      let old = try kept(name)
      if let seen, seen.basis != StoreDifference.Basis(present, old) {
        throw .conflict(field: "The store")
      }
      document = try Self.restored(old, over: present, revive)
      document.setGeneration(max(present.generation, old.generation))
    }
  }

  /// What going back to a state makes of the present one.
  private static func restored(
    _ old: StoreDocument, over present: StoreDocument, _ revive: Bool
  ) throws(StoreError) -> StoreDocument {
    var document = present
    document.become(old)
    guard !revive else { return document }
    for (key, since) in StoreDifference.ended(in: present, old) {
      try document.update(key.digest) { key in
        if let since, !since.isRevoked {
          key.set(expiresAt: since.expiresAt)
        } else {
          key.revoke()
        }
      }
    }
    return document
  }

  private func kept(_ name: String) throws(StoreError) -> StoreDocument {
    guard let generation = generations().first(where: { $0.name == name }) else {
      throw .generationNotFound(name)
    }
    return try StoreFile(path: generation.path).read().document
  }
}
