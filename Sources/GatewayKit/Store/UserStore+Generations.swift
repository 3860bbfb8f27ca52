import Glibc

/// An earlier state of the store that is kept beside it.
public struct StoreGeneration: Sendable {
  /// `1` is the one before the present, `2` the one before that; a date is that day's first.
  public let name: String
  public let path: String
  /// The store's own count, when the file can be read.
  public let generation: UInt64?
  public let users: Int
  public let keys: Int
  package let writtenAt: Timestamp
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
  /// Ids of keys that were revoked or removed since, and stay revoked unless they are revived.
  public let revokedSince: [String]
}

extension UserStore {
  /// The kept generations, the latest first, then those of days.
  public func generations() -> [StoreGeneration] { Self.generations(of: file) }

  static func generations(of file: StoreFile) -> [StoreGeneration] {
    let path = file.path
    let numbered = (1...StoreFile.keptWrites).map { (String($0), "\(path).\($0)") }
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

  /// What ``restore(_:revive:)`` would change.
  ///
  /// - Throws: ``StoreError/generationNotFound(_:)``, or what keeps that file from being read.
  public func difference(to name: String) throws(StoreError) -> StoreDifference {
    Self.difference(from: document, to: try kept(name))
  }

  /// Goes back to a kept generation. The present one is kept in its turn, even if it cannot be read.
  ///
  /// - Parameter revive: whether keys that were revoked or removed since work again.
  /// - Throws: ``StoreError/generationNotFound(_:)``, or what keeps that file from being read.
  public func restore(_ name: String, revive: Bool = false) async throws(StoreError) {
    let old = try kept(name)
    try await update(replacesUnreadable: true) { document throws(StoreError) in
      let present = document
      let difference = Self.difference(from: present, to: old)
      let revoked = Set(difference.revokedSince)
      document = old
      document.generation = max(present.generation, old.generation)
      guard !revive else { return }
      for key in old.keys where revoked.contains(key.id) {
        document.update(key.digest) { $0.revoke() }
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
      revokedSince: oldKeys.filter { !$0.0.isRevoked && ($0.1?.isRevoked ?? true) }.map(\.0.id))
  }
}
