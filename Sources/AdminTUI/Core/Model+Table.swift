import GatewayKit

/// What the pane's list shows, as rows of text: for copies and exports.
extension Model {
  var table: Table {
    let (noun, columns) = head
    var table = Table(noun: noun, columns: columns)
    table.rows = list.rows.compactMap { rowOfTable($0) }
    return table
  }

  private var head: (noun: String, columns: [String]) {
    switch pane {
    case .users where box == 2: ("backend", ["backend", "user", "rule", "open"])
    case .users where box == 0:
      (
        "user",
        ["user", "email", "description", "keys", "allowed", "blocked", "last_used", "state"]
      )
    case .users, .keys:
      ("key", ["id", "user", "name", "created", "expires", "calls", "last_used", "state"])
    case .access: ("user", ["user"] + backends.map(\.name))
    case .backends: ("backend", ["backend", "state", "since", "tools", "last_error"])
    case .usage:
      (
        "row",
        [usageAsk.grouping.rawValue, "calls", "errors", "denials", "p50_ms", "p99_ms"]
      )
    case .audit: ("event", ["time", "actor", "action", "target", "result", "event"])
    }
  }

  /// One row; nil where there is none.
  func rowOfTable(_ id: String?) -> [String]? {
    guard let id else { return nil }
    switch pane {
    case .users where box == 2:
      guard let user = person?.user else { return nil }
      let cell = AccessCell(user, id)
      return [id, user.username, cell.word, cell.isReached ? "yes" : "no"]
    case .users where box == 0:
      guard let person = roster[id] else { return nil }
      let user = person.user
      return [
        user.username, user.email ?? "", user.description ?? "", String(person.keys.count),
        user.allowed.joined(separator: " "), user.blocked.joined(separator: " "),
        usage.uses.latest(of: person.keys)?.lastUsed.iso ?? "", user.isEnabled ? "on" : "off",
      ]
    case .users, .keys:
      guard let key = roster.key(id) else { return nil }
      return [
        key.id, key.username, key.name, key.createdAt.iso, key.expiresAt?.iso ?? "never",
        String(usage.callsOfKey[id] ?? 0), usage.uses[id]?.lastUsed.iso ?? "",
        key.state(at: now).rawValue,
      ]
    case .access:
      guard let user = roster[id]?.user else { return nil }
      return [user.username] + backends.map { AccessCell(user, $0.name).isReached ? "yes" : "no" }
    case .backends:
      guard let row = backends.first(where: { $0.name == id }) else { return nil }
      return [
        row.name, row.state, row.since?.iso ?? "", row.tools.map(String.init) ?? "",
        row.lastError ?? "",
      ]
    case .usage:
      guard let line = usage.lines.first(where: { $0.name == id }) else { return nil }
      func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
      return [
        line.name, String(line.calls), String(line.errors), String(line.denials), text(line.p50),
        text(line.p99),
      ]
    case .audit:
      guard let row = audit.first(where: { $0.sequence == id }) else { return nil }
      let details = row.details.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
      return [row.time?.iso ?? "", row.actor, row.event, row.target, row.result, details]
    }
  }
}
