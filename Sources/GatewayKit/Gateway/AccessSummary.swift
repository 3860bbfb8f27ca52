/// A user's lists and what they come to with the configured backends.
package struct AccessSummary: Sendable {
  package let user: User
  /// The names of the backends that there are; nil where nobody can say.
  package let backends: [String]?

  package init(user: User, backends: [String]?) {
    self.user = user
    self.backends = backends
  }

  private var rules: AccessRules { user.rules }

  /// Names in the lists that no backend has. Without any backend there is nothing to compare.
  package var unknown: [String] {
    guard let backends, !backends.isEmpty else { return [] }
    var seen: [String] = []
    for name in rules.namedBackends where !backends.contains(name) {
      if !seen.contains(name) { seen.append(name) }
    }
    return seen
  }

  package var reached: [String] {
    (backends ?? []).filter { rules.reaches(BackendID($0)) }
  }

  /// As `PUT /users/{username}/mcp-access` of the REST API has it.
  package func json(status: String?) -> JSONValue {
    var body = JSONObject()
    if let status { body["status"] = .string(status) }
    body["username"] = .string(user.username)
    body["mcp_allowed"] = .array(user.allowed.map(JSONValue.string))
    body["mcp_blocked"] = .array(user.blocked.map(JSONValue.string))
    body["reach"] =
      user.allowed.isEmpty && user.blocked.isEmpty
      ? "all" : backends == nil ? .null : .array(reached.map(JSONValue.string))
    body["unknown_mcps"] = .array(unknown.map(JSONValue.string))
    return .object(body)
  }
}
