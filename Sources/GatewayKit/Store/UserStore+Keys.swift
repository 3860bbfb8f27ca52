extension UserStore {
  /// Makes a key for a user.
  ///
  /// - Parameters:
  ///   - username: whose key it is.
  ///   - name: 1 to 128 bytes; `key-1`, `key-2` … when not given.
  ///   - ttl: how long it lives; nil for ever.
  /// - Returns: the key in clear, this once, and what the store knows of it.
  /// - Throws: ``StoreError/userNotFound(_:)``, ``StoreError/keyNameTaken(_:)``,
  ///   ``StoreError/invalidLifetime(_:)``, ``StoreError/invalidKeyName(_:)``.
  @discardableResult
  public func issueKey(
    for username: String, named name: String? = nil, ttl: KeyLifetime? = nil
  ) async throws(StoreError) -> IssuedKey {
    let life = try Self.duration(ttl)
    if let name { try Self.check(name: name) }
    return try await update(.keyCreated) { document throws(StoreError) in
      let user = try document.existing(username)
      let now = Timestamp.now
      let name = name ?? document.freeName("key", of: user, from: 1, at: now)
      try document.checkFree(name, of: user, at: now)
      return try document.issue(
        for: user, named: name, at: now, expiresAt: life.map(now.advanced(by:)), from: nil)
    }
  }

  /// Ends a key for good; once more is no error.
  ///
  /// - Throws: ``StoreError/keyNotFound``, ``StoreError/keyAmbiguous(id:)``.
  @discardableResult
  public func revokeKey(_ selector: KeySelector) async throws(StoreError) -> APIKey {
    try await changeKey(selector, .keyRevoked) { key, _ throws(StoreError) in key.revoke() }
  }

  /// Gives a key another name.
  ///
  /// - Parameters:
  ///   - selector: which key.
  ///   - name: 1 to 128 bytes, and no live key of the user's has it.
  ///   - seen: the key that the change goes out from; another name than its conflicts.
  /// - Throws: ``StoreError/keyNotFound``, ``StoreError/keyNameTaken(_:)``,
  ///   ``StoreError/invalidKeyName(_:)``, ``StoreError/conflict(field:)``.
  @discardableResult
  public func renameKey(
    _ selector: KeySelector, to name: String, seen: APIKey? = nil
  ) async throws(StoreError) -> APIKey {
    try Self.check(name: name)
    return try await changeKey(selector) { key, document throws(StoreError) in
      if let seen { try Self.expect("key_name", true, seen.name == key.name) }
      try key.rename(to: name, in: document)
    }
  }

  /// Sets a key's end, counted from now; nil for none.
  ///
  /// A key that has expired works again then, unless another live key has taken its name.
  ///
  /// - Parameters:
  ///   - selector: which key.
  ///   - ttl: how long it lives from now; nil for ever.
  ///   - seen: the key that the change goes out from; another end than its conflicts.
  /// - Throws: ``StoreError/keyNotFound``, ``StoreError/invalidLifetime(_:)``,
  ///   ``StoreError/keyRevoked(id:)``, ``StoreError/keyNameTaken(_:)``,
  ///   ``StoreError/conflict(field:)``.
  @discardableResult
  public func extendKey(
    _ selector: KeySelector, ttl: KeyLifetime?, seen: APIKey? = nil
  ) async throws(StoreError) -> APIKey {
    let life = try Self.duration(ttl)
    return try await changeKey(selector) { key, document throws(StoreError) in
      if let seen { try Self.expect("expires_at", true, seen.expiresAt == key.expiresAt) }
      try key.extend(by: life, in: document)
    }
  }

  /// Gives a key another name and end in one write: both or neither.
  ///
  /// - Throws: what ``renameKey(_:to:seen:)`` and ``extendKey(_:ttl:seen:)`` throw.
  @discardableResult
  public func changeKey(
    _ selector: KeySelector, named name: String, ttl: KeyLifetime?
  ) async throws(StoreError) -> APIKey {
    try Self.check(name: name)
    let life = try Self.duration(ttl)
    return try await changeKey(selector) { key, document throws(StoreError) in
      try key.rename(to: name, in: document)
      try key.extend(by: life, in: document)
    }
  }

  /// Makes a key's successor, with the same access and, unless `ttl` says otherwise, the same
  /// length of life. The old key works on for the grace period, never longer than it had.
  ///
  /// - Parameters:
  ///   - selector: which key.
  ///   - grace: 24 hours when not given; none ends the old key at once.
  ///   - ttl: the successor's life; as long as the old key's when not given.
  /// - Throws: ``StoreError/keyNotRotatable(reason:)`` for a key that is revoked, expired or in the
  ///   grace period of another rotation; ``StoreError/keyNotFound``.
  @discardableResult
  public func rotateKey(
    _ selector: KeySelector, grace: Duration = .seconds(24 * 3600), ttl: KeyLifetime? = nil
  ) async throws(StoreError) -> IssuedKey {
    let life = try Self.duration(ttl)
    guard grace >= .zero else { throw .invalidValue(field: "grace", reason: "it is negative") }
    return try await update(.keyRotated) { document throws(StoreError) in
      let old = try document.find(selector)
      let now = Timestamp.now
      guard let user = document.user(id: old.userID) else { throw .keyNotFound }
      if old.isRevoked { throw .keyNotRotatable(reason: "it is revoked") }
      guard old.isLive(at: now) else { throw .keyNotRotatable(reason: "it has expired") }
      let successors = document.keys(ofUser: old.userID).filter { $0.rotatedFrom == old.id }
      if successors.contains(where: { $0.isLive(at: now) }) {
        throw .keyNotRotatable(
          reason: "it was rotated already and is in its grace period; rotate its successor")
      }
      // An old file may not say when a key was made: then it is what the key has left.
      let start = old.createdAt.microseconds == 0 ? now : old.createdAt
      let ownLife = old.expiresAt.map { start.duration(to: $0) }
      let name = document.freeName(Self.stem(of: old.name), of: user, from: 2, at: now)
      let issued = try document.issue(
        for: user, named: name, at: now, expiresAt: (life ?? ownLife).map(now.advanced(by:)),
        from: old.id)
      let end = now.advanced(by: grace)
      try document.update(old.digest) {
        $0.set(expiresAt: $0.expiresAt.map { min($0, end) } ?? end)
      }
      return issued
    }
  }

  // MARK: -

  private func changeKey(
    _ selector: KeySelector, _ event: AuditEvent = .keyChanged,
    _ change: @escaping @Sendable (inout KeyRecord, StoreDocument) throws(StoreError) -> Void
  ) async throws(StoreError) -> APIKey {
    try await update(event) { document throws(StoreError) in
      var key = try document.find(selector)
      try change(&key, document)
      let changed = key
      try document.update(key.digest) { $0 = changed }
      guard let key = document.apiKey(changed.digest) else { throw .keyNotFound }
      return key
    }
  }

  private static func duration(_ ttl: KeyLifetime?) throws(StoreError) -> Duration? {
    guard case .days(let days) = ttl else { return nil }
    guard KeyLifetime.range.contains(days) else { throw .invalidLifetime(days) }
    return .seconds(days * 86_400)
  }

  private static func check(name: String) throws(StoreError) {
    guard (1...128).contains(name.utf8.count),
      !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw .invalidKeyName(name) }
  }

  /// `prod` of `prod-3`: successors count on.
  private static func stem(of name: String) -> String {
    guard let dash = name.lastIndex(of: "-"), dash > name.startIndex,
      let number = Int(name[name.index(after: dash)...]), number > 0
    else { return name }
    return String(name[..<dash])
  }
}

extension StoreDocument {
  /// `stem-N` with the smallest N from `start` that no key of the user, live or not, has.
  fileprivate func freeName(
    _ stem: String, of user: UserRecord, from start: Int, at now: Timestamp
  ) -> String {
    let taken = Set(keys(ofUser: user.userID).map(\.name))
    var number = start
    while taken.contains("\(stem)-\(number)") { number += 1 }
    return "\(stem)-\(number)"
  }

  fileprivate func checkFree(
    _ name: String, of user: UserRecord, at now: Timestamp
  ) throws(StoreError) {
    let live = keys(ofUser: user.userID).filter { $0.isLive(at: now) }
    if live.contains(where: { $0.name == name }) { throw .keyNameTaken(name) }
  }

  /// Draws a key whose id no other has, and adds it.
  fileprivate mutating func issue(
    for user: UserRecord, named name: String, at now: Timestamp, expiresAt: Timestamp?,
    from rotated: String?
  ) throws(StoreError) -> IssuedKey {
    var secret = KeyText.make()
    var digest = SHA256Digest(hashing: secret)
    while hasKey(idOf: digest) {
      secret = KeyText.make()
      digest = SHA256Digest(hashing: secret)
    }
    var raw = JSONObject([
      ("user_id", .string(user.userID)), ("username", .string(user.username)),
      ("key_name", .string(name)), ("created_at", .string(now.storeText)),
      ("expires_at", .optional(expiresAt?.storeText)), ("revoked", false),
    ])
    raw["rotated_from"] = rotated.map(JSONValue.string)
    try addKey(digest, raw: JSONValue.object(raw).bytes)
    try update(user.username) { $0.set(hashes: $0.hashes + [digest]) }
    guard let key = apiKey(digest) else { throw .keyNotFound }
    return IssuedKey(secret: secret, key: key)
  }
}

extension KeyRecord {
  mutating func revoke() { set(isRevoked: true) }

  mutating func set(isRevoked: Bool) {
    self.isRevoked = isRevoked
    RawObject.set("revoked", to: JSONValue.bool(isRevoked).bytes, in: &raw)
  }

  fileprivate mutating func rename(
    to name: String, in document: StoreDocument
  ) throws(StoreError) {
    guard name != self.name else { return }
    if let user = document.user(id: userID) { try document.checkFree(name, of: user, at: .now) }
    set(name: name)
  }

  mutating func set(name: String) {
    self.name = name
    RawObject.set("key_name", to: JSONValue.string(name).bytes, in: &raw)
  }

  fileprivate mutating func extend(
    by life: Duration?, in document: StoreDocument
  ) throws(StoreError) {
    let now = Timestamp.now
    if isRevoked { throw .keyRevoked(id: id) }
    if !isLive(at: now), let user = document.user(id: userID) {
      try document.checkFree(name, of: user, at: now)
    }
    set(expiresAt: life.map(now.advanced(by:)))
  }

  mutating func set(expiresAt: Timestamp?) {
    self.expiresAt = expiresAt
    RawObject.set("expires_at", to: JSONValue.optional(expiresAt?.storeText).bytes, in: &raw)
  }
}
