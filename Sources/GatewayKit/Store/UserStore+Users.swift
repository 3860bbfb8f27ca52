extension UserStore {
  /// Makes a user, without keys and with access to everything.
  ///
  /// - Parameters:
  ///   - username: 1 to 64 letters, digits, `.`, `_` or `-`, beginning with a letter or digit.
  ///   - email: any text of at most 1,024 bytes; it is not checked.
  ///   - description: the same.
  /// - Throws: ``StoreError/invalidUsername(_:)``; ``StoreError/userExists(_:)`` when the name is
  ///   taken in whatever case.
  @discardableResult
  public func createUser(
    _ username: String, email: String? = nil, description: String? = nil
  ) async throws(StoreError) -> User {
    guard Username.isValid(username) else { throw .invalidUsername(username) }
    try Self.check(email, "email")
    try Self.check(description, "description")
    return try await update { document throws(StoreError) in
      let folded = username.lowercased()
      if let taken = document.users.first(where: { $0.username.lowercased() == folded }) {
        throw .userExists(taken.username)
      }
      let user = UserRecord.new(username, email: email, description: description)
      document.add(user)
      return user.user
    }
  }

  /// Changes what is not kept.
  ///
  /// - Throws: ``StoreError/userNotFound(_:)``.
  @discardableResult
  package func editUser(
    _ username: String, email: Change<String> = .keep, description: Change<String> = .keep,
    metadata: JSONObject? = nil
  ) async throws(StoreError) -> User {
    if case .set(let text) = email { try Self.check(text, "email") }
    if case .set(let text) = description { try Self.check(text, "description") }
    return try await update { document throws(StoreError) in
      _ = try document.existing(username)
      document.update(username) { user in
        switch email {
        case .keep: break
        case .clear: user.set(email: nil)
        case .set(let text): user.set(email: text)
        }
        switch description {
        case .keep: break
        case .clear: user.set(description: nil)
        case .set(let text): user.set(description: text)
        }
        if let metadata {
          RawObject.set("metadata", to: JSONValue.object(metadata).bytes, in: &user.raw)
        }
      }
      return try document.existing(username).user
    }
  }

  /// Enables or disables a user. Keys of a disabled one do not work until it is enabled again.
  ///
  /// - Throws: ``StoreError/userNotFound(_:)``.
  @discardableResult
  public func setEnabled(_ isEnabled: Bool, for username: String) async throws(StoreError) -> Bool {
    try await update { document throws(StoreError) in
      _ = try document.existing(username)
      document.update(username) { $0.set(isEnabled: isEnabled) }
      return isEnabled
    }
  }

  /// Enables a disabled user and disables an enabled one; what it is then.
  ///
  /// - Throws: ``StoreError/userNotFound(_:)``.
  @discardableResult
  public func toggleEnabled(_ username: String) async throws(StoreError) -> Bool {
    try await update { document throws(StoreError) in
      let isEnabled = try !document.existing(username).isEnabled
      document.update(username) { $0.set(isEnabled: isEnabled) }
      return isEnabled
    }
  }

  /// Deletes a user with all their keys.
  ///
  /// - Throws: ``StoreError/userNotFound(_:)``.
  public func deleteUser(_ username: String) async throws(StoreError) {
    try await update { document throws(StoreError) in
      _ = try document.existing(username)
      document.remove(user: username)
    }
  }

  private static func check(_ text: String?, _ field: String) throws(StoreError) {
    guard let text, text.utf8.count > 1024 else { return }
    throw .invalidValue(field: field, reason: "it is longer than 1,024 bytes")
  }
}

extension UserRecord {
  static func new(_ username: String, email: String?, description: String?) -> UserRecord {
    let id = SecureRandom.bytes(16).map { byte in
      let hex = String(byte, radix: 16)
      return byte < 16 ? "0" + hex : hex
    }.joined()
    let now = Timestamp.now
    let raw: JSONValue = [
      "user_id": .string(id), "email": .optional(email), "description": .optional(description),
      "created_at": .string(now.storeText), "enabled": true, "api_keys": [], "mcp_allowed": [],
      "mcp_blocked": [], "metadata": .object(JSONObject()),
    ]
    return UserRecord(
      raw: raw.bytes, username: username, userID: id, email: email, description: description,
      createdAt: now, isEnabled: true, hashes: [], allowed: [], blocked: [])
  }

  mutating func set(email: String?) {
    self.email = email
    RawObject.set("email", to: JSONValue.optional(email).bytes, in: &raw)
  }

  mutating func set(description: String?) {
    self.description = description
    RawObject.set("description", to: JSONValue.optional(description).bytes, in: &raw)
  }

  mutating func set(isEnabled: Bool) {
    self.isEnabled = isEnabled
    RawObject.set("enabled", to: JSONValue.bool(isEnabled).bytes, in: &raw)
  }

  mutating func set(hashes: [SHA256Digest]) {
    self.hashes = hashes
    RawObject.set(
      "api_keys", to: JSONValue.array(hashes.map { .string($0.hex) }).bytes, in: &raw)
  }

  mutating func set(allowed: [String], blocked: [String]) {
    if allowed != self.allowed {
      self.allowed = allowed
      RawObject.set(
        "mcp_allowed", to: JSONValue.array(allowed.map(JSONValue.string)).bytes, in: &raw)
    }
    if blocked != self.blocked {
      self.blocked = blocked
      RawObject.set(
        "mcp_blocked", to: JSONValue.array(blocked.map(JSONValue.string)).bytes, in: &raw)
    }
  }
}

extension JSONValue {
  static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}
