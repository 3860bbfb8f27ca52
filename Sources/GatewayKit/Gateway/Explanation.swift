/// The answer to "may they, and why": lists, keys and configuration together.
package struct Explanation: Sendable {
  package let user: User
  package let keys: [APIKey]
  package let targets: [AccessTarget]
  /// The backends of the configuration; nil where that cannot be read.
  package let configured: [BackendConfiguration]?
  package let uses: KeyUses
  /// The key that is asked about; nil for all of the user's.
  package let key: APIKey?
  /// How each backend of the running gateway is, by name; nil where none runs.
  package let health: [String: String]?

  package init(
    user: User, keys: [APIKey], targets: [AccessTarget], configured: [BackendConfiguration]?,
    uses: KeyUses, key: APIKey? = nil, health: [String: String]?
  ) {
    self.user = user
    self.keys = keys
    self.targets = targets
    self.configured = configured
    self.uses = uses
    self.key = key
    self.health = health
  }

  /// How a backend is, from its row of `/status`, and all of them by name.
  package static func health(of row: JSONValue) -> String {
    let state = row["state"]?.stringValue ?? "unknown"
    return (row["lastError"]?.stringValue).map { "\(state): \($0)" } ?? state
  }

  package static func health(of rows: [JSONValue]) -> [String: String] {
    Dictionary(rows.map { ($0["name"]?.stringValue ?? "", health(of: $0)) }) { $1 }
  }

  private var now: Timestamp { .now }

  package var validKeys: [APIKey] {
    user.isEnabled ? keys.filter { $0.state(at: now) == .valid } : []
  }

  /// What stands in the way besides the lists; nil when nothing does.
  package var obstacle: String? {
    if let key {
      switch key.state(at: now) {
      case .valid: break
      case .revoked: return "the key is revoked; gateway keys create \(user.username)"
      case .expired: return "the key has expired; gateway keys extend \(key.id) --ttl-days N"
      case .disabled: return "the user is disabled; gateway users enable \(user.username)"
      }
    }
    if !user.isEnabled { return "the user is disabled; gateway users enable \(user.username)" }
    if keys.isEmpty { return "the user has no key; gateway keys create \(user.username)" }
    if validKeys.isEmpty { return "none of the user's keys is valid now" }
    return nil
  }

  package func verdict(_ target: AccessTarget) -> (allowed: Bool, rule: String) {
    switch target.decide(user.rules) {
    case .allow(let reason): (true, "\(reason)")
    case .deny(let rule): (false, "\(rule)")
    }
  }

  package func backendNote(_ target: AccessTarget) -> String? {
    guard let backend = configured?.first(where: { $0.name == target.backend }) else {
      // What a gateway runs with counts, also when its file is wrong or gone by now.
      if let health {
        return health[target.backend] == nil ? "the running gateway has no such backend" : nil
      }
      return configured == nil
        ? "whether there is such a backend is not known: the configuration cannot be read"
        : "no backend of this name is configured here"
    }
    if backend.disabled { return "the backend is disabled" }
    return backend.unavailable.map { "the backend is not started: \($0)" }
  }

  package var json: JSONValue {
    let now = now
    return [
      "username": .string(user.username),
      "enabled": .bool(user.isEnabled),
      "key_id": key.map { .string($0.id) } ?? .null,
      "works_now": .bool(obstacle == nil),
      "obstacle": obstacle.map(JSONValue.string) ?? .null,
      "decisions": .array(
        targets.map { target in
          let verdict = verdict(target)
          return [
            "target": .string(target.text), "allowed": .bool(verdict.allowed),
            "rule": .string(verdict.rule),
            "backend": backendNote(target).map(JSONValue.string) ?? "configured",
            "health": health?[target.backend].map(JSONValue.string) ?? .null,
          ]
        }),
      "keys": .array(keys.map { $0.json(at: now, uses[$0.id]) }),
      "valid_keys": .array(validKeys.map { .string($0.id) }),
    ]
  }
}
