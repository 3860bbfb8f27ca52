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
    try await createUser(
      username, email: email, description: description, isEnabled: true, allowed: [], blocked: [],
      metadata: nil)
  }

  /// The same, with all that a user can have from the start, in one change.
  @discardableResult
  package func createUser(
    _ username: String, email: String?, description: String?, isEnabled: Bool, allowed: [String],
    blocked: [String], metadata: JSONObject?
  ) async throws(StoreError) -> User {
    guard Username.isValid(username) else { throw .invalidUsername(username) }
    try Self.check(email, "email")
    try Self.check(description, "description")
    try Self.check(allowed + blocked)
    return try await update(.userCreated) { document throws(StoreError) in
      if let taken = document.taken(username) { throw .userExists(taken) }
      try document.addUser(
        username, raw: UserRecord.newRaw(email: email, description: description))
      try document.update(username) { user in
        if !isEnabled { user.set(isEnabled: false) }
        user.set(allowed: allowed, blocked: blocked)
        if let metadata { user.set(metadata: metadata) }
      }
      return try document.existing(username).user
    }
  }

  /// Changes what is not kept.
  ///
  /// - Parameters:
  ///   - username: who is changed.
  ///   - email: any text of at most 1,024 bytes, or none.
  ///   - description: the same.
  ///   - metadataJSON: the text of a JSON object, of at most 119 levels.
  ///   - seen: the user that the change goes out from. A field that is changed and is not as it was
  ///     there conflicts; what others did to other fields does not matter.
  /// - Throws: ``StoreError/userNotFound(_:)``, ``StoreError/conflict(field:)``,
  ///   ``StoreError/invalidValue(field:reason:)``.
  @discardableResult
  public func editUser(
    _ username: String, email: Change<String> = .keep, description: Change<String> = .keep,
    metadataJSON: String? = nil, seen: User? = nil
  ) async throws(StoreError) -> User {
    var metadata: JSONObject?
    if let metadataJSON {
      do {
        metadata = try JSONValue.parse(metadataJSON.utf8).objectValue
      } catch {
        throw .invalidValue(field: "metadata", reason: error.reason)
      }
      guard metadata != nil else {
        throw .invalidValue(field: "metadata", reason: "it is no JSON object")
      }
    }
    return try await editUser(
      username, email: email, description: description, metadata: metadata, seen: seen)
  }

  @discardableResult
  package func editUser(
    _ username: String, email: Change<String> = .keep, description: Change<String> = .keep,
    metadata: JSONObject?, seen: User? = nil
  ) async throws(StoreError) -> User {
    if case .set(let text) = email { try Self.check(text, "email") }
    if case .set(let text) = description { try Self.check(text, "description") }
    return try await update(.userChanged) { document throws(StoreError) in
      let present = try document.existing(username).user
      if let seen {
        try Self.expect("email", email.isChange, present.email == seen.email)
        try Self.expect(
          "description", description.isChange, present.description == seen.description)
        try Self.expect("metadata", metadata != nil, present.metadata == seen.metadata)
      }
      try document.update(username) { user in
        if email.isChange { user.set(email: email.value) }
        if description.isChange { user.set(description: description.value) }
        if let metadata { user.set(metadata: metadata) }
      }
      return try document.existing(username).user
    }
  }

  static func expect(_ field: String, _ isChanged: Bool, _ isAsSeen: Bool) throws(StoreError) {
    if isChanged, !isAsSeen { throw .conflict(field: field) }
  }

  /// Enables or disables a user. Keys of a disabled one do not work until it is enabled again.
  ///
  /// - Parameters:
  ///   - isEnabled: whether their keys work from now on.
  ///   - username: who it is about.
  ///   - seen: the user that the change goes out from, if it matters.
  /// - Throws: ``StoreError/userNotFound(_:)``, ``StoreError/conflict(field:)``.
  @discardableResult
  public func setEnabled(
    _ isEnabled: Bool, for username: String, seen: User? = nil
  ) async throws(StoreError) -> Bool {
    try await update(isEnabled ? .userEnabled : .userDisabled) { document throws(StoreError) in
      let present = try document.existing(username)
      if let seen { try Self.expect("enabled", true, present.isEnabled == seen.isEnabled) }
      try document.update(username) { $0.set(isEnabled: isEnabled) }
      return isEnabled
    }
  }

  /// Enables a disabled user and disables an enabled one; what it is then.
  ///
  /// - Throws: ``StoreError/userNotFound(_:)``.
  @discardableResult
  public func toggleEnabled(_ username: String) async throws(StoreError) -> Bool {
    try await update(.userChanged) { document throws(StoreError) in
      let isEnabled = try !document.existing(username).isEnabled
      document.event = isEnabled ? .userEnabled : .userDisabled
      try document.update(username) { $0.set(isEnabled: isEnabled) }
      return isEnabled
    }
  }

  /// Deletes a user with all their keys.
  ///
  /// - Throws: ``StoreError/userNotFound(_:)``.
  public func deleteUser(_ username: String) async throws(StoreError) {
    try await update(.userDeleted) { document throws(StoreError) in
      guard let place = document.place(ofUser: username) else { throw .userNotFound(username) }
      document.removeUser(place)
    }
  }

  private static func check(_ text: String?, _ field: String) throws(StoreError) {
    guard let text, text.utf8.count > 1024 else { return }
    throw .invalidValue(field: field, reason: "it is longer than 1,024 bytes")
  }
}

extension UserRecord {
  /// The object of a new user.
  static func newRaw(email: String?, description: String?) -> [UInt8] {
    let id = SecureRandom.bytes(16).map { byte in
      let hex = String(byte, radix: 16)
      return byte < 16 ? "0" + hex : hex
    }.joined()
    let raw: JSONValue = [
      "user_id": .string(id), "email": .optional(email), "description": .optional(description),
      "created_at": .string(Timestamp.now.storeText), "enabled": true, "api_keys": [],
      "mcp_allowed": [], "mcp_blocked": [], "metadata": .object(JSONObject()),
    ]
    return raw.bytes
  }

  mutating func set(email: String?) {
    self.email = email
    RawObject.set("email", to: JSONValue.optional(email).bytes, in: &raw)
  }

  mutating func set(description: String?) {
    self.description = description
    RawObject.set("description", to: JSONValue.optional(description).bytes, in: &raw)
  }

  mutating func set(metadata: JSONObject) {
    RawObject.set("metadata", to: JSONValue.object(metadata).bytes, in: &raw)
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

extension Change {
  var isChange: Bool {
    if case .keep = self { return false }
    return true
  }

  /// The value that is set, if any.
  var value: Value? {
    if case .set(let value) = self { return value }
    return nil
  }
}

extension JSONValue {
  static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}
