extension UserStore {
  /// Replaces both lists. Entries are `BACKEND` or `BACKEND/PATTERN`; two empty lists allow all.
  ///
  /// - Parameters:
  ///   - username: whose lists.
  ///   - allowed: what they may use, and nothing else; empty for everything.
  ///   - blocked: what they may not use, whatever is allowed.
  ///   - seen: the user that the change goes out from; other lists than theirs conflict.
  /// - Throws: ``StoreError/invalidAccessEntry(_:)``, ``StoreError/userNotFound(_:)``,
  ///   ``StoreError/conflict(field:)``.
  @discardableResult
  public func setAccess(
    for username: String, allowed: [String], blocked: [String], seen: User? = nil
  ) async throws(StoreError) -> User {
    try Self.check(allowed + blocked)
    return try await update(.accessChanged) { document throws(StoreError) in
      let present = try document.existing(username)
      if let seen {
        try Self.expect(
          "mcp_allowed", allowed != present.allowed, seen.allowed == present.allowed)
        try Self.expect(
          "mcp_blocked", blocked != present.blocked, seen.blocked == present.blocked)
      }
      try document.update(username) { $0.set(allowed: allowed, blocked: blocked) }
      return try document.existing(username).user
    }
  }

  /// Adds entries to the allow list; those that are there stay where they are.
  ///
  /// The first one closes everything that no allow entry is about.
  ///
  /// - Throws: ``StoreError/invalidAccessEntry(_:)``, ``StoreError/userNotFound(_:)``.
  @discardableResult
  public func allow(_ entries: [String], for username: String) async throws(StoreError) -> User {
    try Self.check(entries)
    return try await changeAccess(username) { user in
      user.set(allowed: Self.adding(entries, to: user.allowed), blocked: user.blocked)
    }
  }

  /// Adds entries to the block list, which wins over the allow list.
  ///
  /// - Throws: ``StoreError/invalidAccessEntry(_:)``, ``StoreError/userNotFound(_:)``.
  @discardableResult
  public func block(_ entries: [String], for username: String) async throws(StoreError) -> User {
    try Self.check(entries)
    return try await changeAccess(username) { user in
      user.set(allowed: user.allowed, blocked: Self.adding(entries, to: user.blocked))
    }
  }

  /// Takes entries out of both lists. Taking out the last allow entry opens everything again.
  ///
  /// - Throws: ``StoreError/userNotFound(_:)``.
  @discardableResult
  public func clear(_ entries: [String], for username: String) async throws(StoreError) -> User {
    try await changeAccess(username) { user in
      user.set(
        allowed: user.allowed.filter { !entries.contains($0) },
        blocked: user.blocked.filter { !entries.contains($0) })
    }
  }

  private func changeAccess(
    _ username: String, _ change: @escaping @Sendable (inout UserRecord) -> Void
  ) async throws(StoreError) -> User {
    try await update(.accessChanged) { document throws(StoreError) in
      try document.update(username, change)
      return try document.existing(username).user
    }
  }

  private static func adding(_ entries: [String], to list: [String]) -> [String] {
    entries.reduce(into: list) { list, entry in
      if !list.contains(entry) { list.append(entry) }
    }
  }

  static func check(_ entries: [String]) throws(StoreError) {
    for entry in entries {
      do {
        _ = try AccessEntry(entry)
      } catch {
        throw .invalidAccessEntry(error)
      }
    }
  }
}
