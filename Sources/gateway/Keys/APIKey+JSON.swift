import GatewayKit

extension APIKey {
  /// As `GET /keys` of the REST API has it: never a hash.
  func json(at now: Timestamp) -> JSONValue {
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
