import GatewayKit

/// The answer to "may they, and why": lists, keys and configuration together.
struct Explanation {
  let user: User
  let keys: [APIKey]
  let targets: [AccessTarget]
  let configured: [BackendConfiguration]

  private var now: Timestamp { .now }

  private var validKeys: [APIKey] {
    user.isEnabled ? keys.filter { $0.state(at: now) == .valid } : []
  }

  /// What stands in the way besides the lists; nil when nothing does.
  private var obstacle: String? {
    if !user.isEnabled { return "the user is disabled; gateway users enable \(user.username)" }
    if keys.isEmpty { return "the user has no key; gateway keys create \(user.username)" }
    if validKeys.isEmpty { return "none of the user's keys is valid now" }
    return nil
  }

  private func verdict(_ target: AccessTarget) -> (allowed: Bool, rule: String) {
    switch target.decide(user.rules) {
    case .allow(let reason): (true, "\(reason)")
    case .deny(let rule): (false, "\(rule)")
    }
  }

  private func backendNote(_ target: AccessTarget) -> String? {
    guard let backend = configured.first(where: { $0.name == target.backend }) else {
      return "no backend of this name is configured here"
    }
    if backend.disabled { return "the backend is disabled" }
    return backend.unavailable.map { "the backend is not started: \($0)" }
  }

  var json: JSONValue {
    let now = now
    return [
      "username": .string(user.username),
      "enabled": .bool(user.isEnabled),
      "works_now": .bool(obstacle == nil),
      "obstacle": obstacle.map(JSONValue.string) ?? .null,
      "decisions": .array(
        targets.map { target in
          let verdict = verdict(target)
          return [
            "target": .string(target.text), "allowed": .bool(verdict.allowed),
            "rule": .string(verdict.rule),
            "backend": backendNote(target).map(JSONValue.string) ?? "configured",
          ]
        }),
      "keys": .array(keys.map { $0.json(at: now) }),
      "valid_keys": .array(validKeys.map { .string($0.id) }),
    ]
  }

  var text: String {
    var result = ""
    if targets.count == 1, let target = targets.first {
      let verdict = verdict(target)
      result += "\(SafeText.make(user.username)) \(verdict.allowed ? "may" : "may not") use "
      result += "\(SafeText.make(target.text)): \(SafeText.make(verdict.rule)).\n"
      if let note = backendNote(target) { result += "But \(SafeText.make(note)).\n" }
    } else if targets.isEmpty {
      result += "No backends are configured here.\n"
    } else {
      var table = TextTable("BACKEND", "ALLOWED", "WHY")
      for target in targets {
        let verdict = verdict(target)
        let why = backendNote(target).map { "\(verdict.rule); \($0)" } ?? verdict.rule
        table.add(target.text, verdict.allowed ? "yes" : "no", why)
      }
      result += table.text
    }
    result += "\n"
    if let obstacle {
      result += "No call gets through now: \(SafeText.make(obstacle)).\n"
    } else {
      let ids = validKeys.map { "\($0.id) (\($0.name))" }.joined(separator: ", ")
      result += "Valid now: \(SafeText.make(ids)).\n"
    }
    if !keys.isEmpty { result += "\n" + KeyTable.text(of: keys, withUser: false) }
    return result
  }
}
