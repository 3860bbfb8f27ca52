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

/// What going back to an earlier generation changes.
public struct StoreDifference: Sendable {
  /// Users that come back.
  public let addedUsers: [String]
  /// Users that go.
  public let removedUsers: [String]
  /// Users whose record becomes another.
  public let changedUsers: [String]
  /// Ids of keys that come back.
  public let addedKeys: [String]
  /// Ids of keys that go.
  public let removedKeys: [String]
  /// Ids of keys that were revoked, removed or cut short since, and stay so unless they are revived.
  public let revokedSince: [String]
  let basis: Basis

  /// Which two states were compared.
  struct Basis: Equatable, Sendable {
    private let present: SHA256Digest
    private let kept: SHA256Digest

    init(_ present: StoreDocument, _ kept: StoreDocument) {
      self.present = present.bytes.withUnsafeBytes { SHA256Digest(hashing: $0) }
      self.kept = kept.bytes.withUnsafeBytes { SHA256Digest(hashing: $0) }
    }
  }
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
  public func difference(to name: String) throws(StoreError) -> StoreDifference {
    Self.difference(from: document, to: try kept(name))
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
      document = old
      document.beginChange()
      document.isChanged = true
      document.setGeneration(max(present.generation, old.generation))
      guard !revive else { return }
      for key in old.keys where Self.isEnded(key, present.key(key.digest)) {
        let since = present.key(key.digest)
        try document.update(key.digest) { key in
          if let since, !since.isRevoked {
            key.set(expiresAt: since.expiresAt)
          } else {
            key.revoke()
          }
        }
      }
    }
  }

  private func kept(_ name: String) throws(StoreError) -> StoreDocument {
    guard let generation = generations().first(where: { $0.name == name }) else {
      throw .generationNotFound(name)
    }
    return try StoreFile(path: generation.path).read().document
  }

  private static func difference(
    from present: StoreDocument, to old: StoreDocument
  ) -> StoreDifference {
    let oldKeys = old.keys.map { ($0, present.key($0.digest)) }
    return StoreDifference(
      addedUsers: old.users.filter { present.user($0.username) == nil }.map(\.username),
      removedUsers: present.users.filter { old.user($0.username) == nil }.map(\.username),
      changedUsers: old.users.filter { user in
        present.user(user.username).map { $0.raw != user.raw } ?? false
      }.map(\.username),
      addedKeys: oldKeys.filter { $0.1 == nil }.map(\.0.id),
      removedKeys: present.keys.filter { old.key($0.digest) == nil }.map(\.id),
      revokedSince: oldKeys.filter { isEnded($0.0, $0.1) }.map(\.0.id),
      basis: StoreDifference.Basis(present, old))
  }

  /// Whether a key that works in an earlier generation was revoked, removed, or given an end that
  /// has come since: each may have been because it leaked.
  private static func isEnded(_ old: KeyRecord, _ present: KeyRecord?) -> Bool {
    guard let present, !present.isRevoked else { return !old.isRevoked }
    let now = Timestamp.now
    return old.isLive(at: now) && !present.isLive(at: now)
  }
}
