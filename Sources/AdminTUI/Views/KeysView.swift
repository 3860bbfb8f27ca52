import GatewayKit

/// Pane 2: the keys of all users.
enum KeysView {
  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    var title = UsersView.title("Keys \(model.roster.keyCount)", model.keys)
    if model.quickFilter != .all { title += "  filter: \(model.quickFilter.title)" }
    let inner = layout.pane.columns - 2
    // A narrow terminal has no room for the calls, a wide one has some for the id, and a wider one for
    // when the key was made and where it was used last.
    let withID = layout.isWide
    let withOrigin = layout.size.columns >= 120
    let fixed =
      3 + 10 + 1 + 5 + 1 + 11 + 2 + (layout.isNarrow ? 0 : 9) + (withID ? 13 : 0)
      + (withOrigin ? 11 + 16 : 0)
    let room = inner - fixed
    var box = ListBox(
      rect: layout.pane, title: title,
      columns: [
        Column("USER", max(8, room / 2), sort: 0),
        Column("NAME", max(8, room - room / 2 - 1), sort: 1), Column("EXPIRES", 10, sort: 2),
      ] + (layout.isNarrow ? [] : [Column("USED", 8, .right, sort: 3)]) + [
        Column("LAST", 5, .right, sort: 4), Column("STATE", 11, sort: 5),
      ] + (withOrigin ? [Column("CREATED", 10), Column("FROM", 15)] : [])
        + (withID ? [Column("ID", 12)] : []), sort: (model.keys.sort, model.keys.isDescending),
      reserved: 1)
    box.footer = UsersView.marks(model.keys)
    let uses = model.usage.uses
    let symbols = screen.symbols
    box.draw(model.keys, on: &screen) { id in
      guard let key = model.roster.key(id) else { return [] }
      let (state, role) = Self.state(key, model)
      let calls = model.usage.callsOfKey[id].map(Wording.grouped) ?? symbols.none
      return [
        Value(key.username), Value(key.name),
        Value(Wording.end(key, model.now), UsersView.endRole(key, model.now)),
      ] + (layout.isNarrow ? [] : [Value(calls)]) + [
        Value(uses[key.id].map { Wording.ago($0.lastUsed, model.now) } ?? symbols.none),
        Value(state, role),
      ]
        + (withOrigin
          ? [
            Value(String(Wording.second(key.createdAt, zone: model.zone).prefix(10)), .muted),
            Value(uses[key.id]?.address ?? "", .muted),
          ] : []) + [Value(key.id, .muted)]
    }
    screen.put(
      model.keySummary.text, layout.pane.lastRow - 1, layout.pane.column + 2, limit: inner - 2,
      cut: .end,
      role: .muted)
  }

  private static func state(_ key: APIKey, _ model: Model) -> (String, Role) {
    switch key.state(at: model.now) {
    case .revoked: return ("revoked", .muted)
    case .expired: return ("expired", .danger)
    case .disabled: return ("user off", .warn)
    case .valid:
      if let end = key.expiresAt, model.now.duration(to: end) <= .seconds(30 * 86_400) {
        return ("! expiring", .warn)
      }
      return ("on", .ok)
    }
  }
}
