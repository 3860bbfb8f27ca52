import GatewayKit

extension Explanation {
  /// For people.
  var text: String {
    var result = ""
    if targets.count == 1, let target = targets.first {
      let verdict = verdict(target)
      result += "\(TerminalText.line(user.username)) \(verdict.allowed ? "may" : "may not") use "
      result += "\(TerminalText.line(target.text)): \(TerminalText.line(verdict.rule)).\n"
      if let note = backendNote(target) { result += "But \(TerminalText.line(note)).\n" }
      if let health = health?[target.backend] {
        result += "The backend is \(TerminalText.line(health)).\n"
      }
    } else if targets.isEmpty {
      result += "No backends are configured here.\n"
    } else {
      var table = TextTable("BACKEND", "ALLOWED", "WHY", "HEALTH")
      for target in targets {
        let verdict = verdict(target)
        let why = backendNote(target).map { "\(verdict.rule); \($0)" } ?? verdict.rule
        table.add(
          target.text, verdict.allowed ? "yes" : "no", why, health?[target.backend] ?? "")
      }
      result += table.text
    }
    result += "\n"
    if let key {
      result += "The key is \(key.id) (\(TerminalText.line(key.name))) of "
      result += "\(TerminalText.line(user.username)).\n"
    }
    if let obstacle {
      result += "No call gets through now: \(TerminalText.line(obstacle)).\n"
    } else if key != nil {
      result += "It is valid now.\n"
    } else {
      let ids = validKeys.map { "\($0.id) (\($0.name))" }.joined(separator: ", ")
      result += "Valid now: \(TerminalText.line(ids)).\n"
    }
    if !keys.isEmpty { result += "\n" + KeyTable.text(of: keys, uses, withUser: false) }
    return result
  }
}
