extension User {
  /// As `GET /users/{username}` of the REST API has it.
  package func json(keys: [APIKey], _ uses: KeyUses) -> JSONValue {
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
      "last_used": uses.latest(of: keys).map { .string($0.lastUsed.iso) } ?? .null,
      "keys": .array(keys.map { $0.json(at: now, uses[$0.id]) }),
    ]
  }
}

extension APIKey {
  /// As `GET /keys` of the REST API has it: never a hash.
  package func json(at now: Timestamp, _ use: KeyUse? = nil) -> JSONValue {
    [
      "key_id": .string(id),
      "key_name": .string(name),
      "username": .string(username),
      "created_at": .string(createdAt.iso),
      "expires_at": expiresAt.map { .string($0.iso) } ?? .null,
      "state": .string(state(at: now).rawValue),
      "rotated_from": rotatedFrom.map(JSONValue.string) ?? .null,
      "last_used": use.map { .string($0.lastUsed.iso) } ?? .null,
      "last_address": use.map { .string($0.address) } ?? .null,
      "last_client": use.flatMap { $0.client.isEmpty ? nil : .string($0.client) } ?? .null,
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
