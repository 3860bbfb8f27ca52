/// What a store whose file cannot be read is taken to have held: the latest kept generation that can be
/// read, with what the audit log tells of later changes. The last change is in no generation, and it may
/// have revoked a key.
package struct AssumedState: Sendable {
  /// The kept generation.
  package let generation: StoreGeneration
  /// The changes after it, as they were announced, oldest first; nil when there is no log to ask.
  package let later: [JSONValue]?
  /// Whether the log lacks changes that were made.
  package private(set) var lacksChanges = false
  /// Users and keys that were made since. They cannot be had back: the log has no hashes.
  private(set) var madeUsers: [String] = []
  private(set) var madeKeys: [String] = []

  /// - Parameter log: of whom the changes are known; nil where nobody keeps one.
  /// - Returns: nil when no kept generation can be read.
  static func of(_ file: StoreFile, log: String?) -> (StoreDocument, AssumedState)? {
    for generation in UserStore.generations(of: file) {
      guard var document = try? StoreFile(path: generation.path).read().document else { continue }
      var assumed = AssumedState(generation, log: log, document.generation)
      for event in assumed.later ?? [] { assumed.apply(event, to: &document) }
      return (document, assumed)
    }
    return nil
  }

  private init(_ generation: StoreGeneration, log: String?, _ number: UInt64) {
    self.generation = generation
    guard let log, var changes = try? LaterChanges(after: number, in: log) else {
      later = nil
      return
    }
    changes.finish()
    later = changes.events
    lacksChanges = changes.lacksChanges
  }

  // MARK: Making a change again

  private mutating func apply(_ event: JSONValue, to document: inout StoreDocument) {
    for change in event["changes"]?.arrayValue ?? [] {
      guard let name = change["of"]?.stringValue, let fields = change["fields"] else {
        lacksChanges = true
        continue
      }
      if name.hasPrefix("user ") {
        apply(fields, toUser: String(name.dropFirst(5)), &document)
      } else {
        apply(fields, toKey: String(name.dropFirst(4)), &document)
      }
    }
    // Of a user with many keys the log does not tell every record.
    if event["event"]?.stringValue == AuditEvent.userDeleted.rawValue,
      let place = event["user"]?.stringValue.flatMap(document.place(ofUser:))
    {
      document.removeUser(place)
    }
    if let number = event["becomes"]?.generation {
      document.setGeneration(max(number, document.generation))
    }
  }

  private mutating func apply(
    _ fields: JSONValue, toUser name: String, _ document: inout StoreDocument
  ) {
    switch (fields["user_id"]?.before, fields["user_id"]?.after) {
    case (.null?, .string?): madeUsers.append(name)
    case (.string?, .null?):
      madeUsers.removeAll { $0 == name }
      if let place = document.place(ofUser: name) { document.removeUser(place) }
    default: break
    }
    guard var user = document.user(name) else { return }
    func strings(_ field: String, _ present: [String]) -> [String] {
      guard let after = fields[field]?.after else { return present }
      // One that is too long to be told is not known.
      guard let list = after.arrayValue else {
        lacksChanges = true
        return present
      }
      return list.compactMap(\.stringValue)
    }
    if let isEnabled = fields["enabled"]?.after?.boolValue { user.set(isEnabled: isEnabled) }
    if let email = fields["email"]?.after { user.set(email: email.stringValue) }
    if let text = fields["description"]?.after { user.set(description: text.stringValue) }
    user.set(
      allowed: strings("mcp_allowed", user.allowed), blocked: strings("mcp_blocked", user.blocked))
    try? document.update(name) { $0 = user }
  }

  private mutating func apply(
    _ fields: JSONValue, toKey id: String, _ document: inout StoreDocument
  ) {
    let isGone = fields["user_id"]?.after == .null
    if fields["user_id"]?.before == .null { madeKeys.append(id) }
    if isGone { madeKeys.removeAll { $0 == id } }
    for key in document.keys where key.id == id {
      try? document.update(key.digest) { key in
        if let isRevoked = fields["revoked"]?.after?.boolValue { key.set(isRevoked: isRevoked) }
        if let name = fields["key_name"]?.after?.stringValue { key.set(name: name) }
        switch fields["expires_at"]?.after {
        case .null?: key.set(expiresAt: nil)
        case .string(let text)?:
          if let end = Timestamp(parsing: text) { key.set(expiresAt: end) }
        default: break
        }
        // One that is gone is as good as revoked.
        if isGone { key.revoke() }
      }
    }
  }
}

extension JSONValue {
  /// Of a changed field, what it was.
  var before: JSONValue? { arrayValue?.first }

  /// Of a changed field, what it is.
  var after: JSONValue? { arrayValue?.dropFirst().first }

  var generation: UInt64? { intValue.flatMap { UInt64(exactly: $0) } }
}
