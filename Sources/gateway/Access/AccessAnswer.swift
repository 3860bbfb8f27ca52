import GatewayKit

/// A user's lists and what they come to with the configured backends.
struct AccessAnswer {
  let user: User
  let configured: [BackendConfiguration]

  private var rules: AccessRules { user.rules }

  /// Names in the lists that no backend has. Without any configured backend there is nothing to compare.
  private var unknown: [String] {
    guard !configured.isEmpty else { return [] }
    var seen: [String] = []
    for name in rules.namedBackends where !configured.contains(where: { $0.name == name }) {
      if !seen.contains(name) { seen.append(name) }
    }
    return seen
  }

  private var reached: [String] {
    configured.map(\.name).filter { rules.reaches(BackendID($0)) }
  }

  /// As `PUT /users/{username}/mcp-access` of the REST API has it.
  func json(status: String?) -> JSONValue {
    var body = JSONObject()
    if let status { body["status"] = .string(status) }
    body["username"] = .string(user.username)
    body["mcp_allowed"] = .array(user.allowed.map(JSONValue.string))
    body["mcp_blocked"] = .array(user.blocked.map(JSONValue.string))
    body["reach"] =
      user.allowed.isEmpty && user.blocked.isEmpty
      ? "all" : .array(reached.map(JSONValue.string))
    body["unknown_mcps"] = .array(unknown.map(JSONValue.string))
    return .object(body)
  }

  var text: String {
    var fields = FieldList()
    fields.add("user", user.username)
    fields.add(
      "allowed", user.allowed.isEmpty ? "everything" : user.allowed.joined(separator: ", "))
    fields.add("blocked", user.blocked.isEmpty ? "nothing" : user.blocked.joined(separator: ", "))
    if configured.isEmpty {
      fields.add("reach", "no backends are configured here")
    } else if reached.isEmpty {
      fields.add("reach", "nothing: every call is refused with 403")
    } else {
      fields.add("reach", reached.joined(separator: ", "))
    }
    if !unknown.isEmpty {
      fields.add(
        "unknown", "\(unknown.joined(separator: ", ")) (not configured, so without effect)")
    }
    return fields.text
  }
}
