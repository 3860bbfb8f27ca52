extension User {
  /// As `GET /users/{username}` of the REST API has it.
  package func json(keys: [APIKey]) -> JSONValue {
    let now = Timestamp.now
    return [
      "username": .string(username),
      "user_id": .string(id),
      "email": email.map(JSONValue.string) ?? .null,
      "description": description.map(JSONValue.string) ?? .null,
      "created_at": .string(createdAt.iso),
      "enabled": .bool(isEnabled),
      "mcp_allowed": .array(allowed.map(JSONValue.string)),
      "mcp_blocked": .array(blocked.map(JSONValue.string)),
      "metadata": .object(metadata),
      "keys": .array(keys.map { $0.json(at: now) }),
    ]
  }
}

extension APIKey {
  /// As `GET /keys` of the REST API has it: never a hash.
  package func json(at now: Timestamp) -> JSONValue {
    [
      "key_id": .string(id),
      "key_name": .string(name),
      "username": .string(username),
      "created_at": .string(createdAt.iso),
      "expires_at": expiresAt.map { .string($0.iso) } ?? .null,
      "state": .string(state(at: now).rawValue),
      "rotated_from": rotatedFrom.map(JSONValue.string) ?? .null,
    ]
  }
}

extension IssuedKey {
  package static let note = "Save this key immediately — it will not be shown again"

  /// The one answer that carries a key.
  package func json(status: String) -> JSONValue {
    [
      "status": .string(status), "username": .string(key.username), "api_key": .string(secret),
      "key_id": .string(key.id), "key_name": .string(key.name),
      "expires_at": key.expiresAt.map { .string($0.iso) } ?? .null, "note": .string(Self.note),
    ]
  }
}
