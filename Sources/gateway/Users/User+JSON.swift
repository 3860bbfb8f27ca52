import GatewayKit

extension User {
  /// As `GET /users/{username}` of the REST API has it.
  func json(keys: [APIKey]) -> JSONValue {
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

  /// The lists in a few words.
  var accessSummary: String {
    if allowed.isEmpty && blocked.isEmpty { return "everything" }
    var parts: [String] = []
    if !allowed.isEmpty { parts.append("only \(Self.short(allowed))") }
    if !blocked.isEmpty { parts.append("not \(Self.short(blocked))") }
    return parts.joined(separator: ", ")
  }

  private static func short(_ entries: [String]) -> String {
    entries.count <= 3
      ? entries.joined(separator: " ")
      : entries.prefix(2).joined(separator: " ") + " +\(entries.count - 2)"
  }
}
