import GatewayKit

/// Pane 1: users, and beside them the selected one's keys and access.
enum UsersView {
  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    if !layout.isNarrow || !model.isDetailShown { drawList(model, layout, on: &screen) }
    if !layout.isNarrow || model.isDetailShown {
      drawKeys(model, layout, on: &screen)
      drawAccess(model, layout, on: &screen)
    }
  }

  private static func drawList(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    var box = ListBox(
      rect: layout.list, title: title("Users \(model.roster.people.count)", model.users),
      isFocused: model.box == 0, sort: (model.users.sort, model.users.isDescending))
    let inner = layout.list.columns - 2
    let withEmail = layout.isWide
    let fixed = 5 + 1 + 8 + 1 + 4 + 1 + 5 + 1 + 4
    let nameWidth = withEmail ? 19 : max(10, inner - fixed)
    box.columns = [Column("USER", nameWidth)]
    if withEmail { box.columns.append(Column("EMAIL", max(8, inner - fixed - nameWidth - 1))) }
    box.columns += [
      Column("KEYS", 5, .right), Column("ACCESS", 8), Column("SEEN", 4, .right),
      Column(withEmail || layout.isNarrow ? "STATE" : "ST", 5),
    ]
    // Sorting is by what is the same in both widths.
    if withEmail, let sort = box.sort, sort.column > 0 {
      box.sort = (sort.column + 1, sort.isDescending)
    }
    let hidden = model.users.marked.subtracting(model.users.rows).count
    if !model.users.marked.isEmpty {
      box.footer =
        "marked \(model.users.marked.count)\(hidden > 0 ? " (\(hidden) hidden by the filter)" : "")"
    }
    let symbols = screen.symbols
    box.draw(model.users, on: &screen) { id in
      guard let person = model.roster[id] else { return [] }
      let user = person.user
      let seen = model.usage.uses.latest(of: person.keys).map {
        Wording.ago($0.lastUsed, model.now)
      }
      let role: Role = user.isEnabled ? .text : .muted
      var values = [Value(user.username, role)]
      if withEmail { values.append(Value(user.email ?? "", role)) }
      values += [
        Value("\(person.keys.count)", role), Value(user.accessText, role),
        Value(seen ?? symbols.none, role),
        Value(user.isEnabled ? "on" : "off", user.isEnabled ? .ok : .warn),
      ]
      return values
    }
  }

  static func title(_ text: String, _ list: ListState) -> String {
    list.filter.isEmpty ? text : "\(text) /\(list.filter.text)"
  }

  private static func drawKeys(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let person = model.roster[model.users.selected]
    let rect = layout.detailKeys
    var box = ListBox(
      rect: rect,
      title: "Keys \(person?.keys.count ?? 0)\(person.map { " — \($0.user.username)" } ?? "")",
      isFocused: model.box == 1, reserved: Layout.aboutRows)
    let inner = rect.columns - 2
    box.columns = [
      Column("NAME", max(6, inner - 3 - 11 - 6)), Column("EXPIRES", 10), Column("LAST", 5, .right),
    ]
    let symbols = screen.symbols
    box.draw(model.detailKeys, on: &screen) { id in
      guard let key = person?.keys.first(where: { $0.id == id }) else { return [] }
      let state = key.state(at: model.now)
      let role: Role = state == .valid ? .text : .muted
      let used = model.usage.uses[key.id].map { Wording.ago($0.lastUsed, model.now) }
      return [
        Value(key.name, role), Value(Wording.end(key, model.now), endRole(key, model.now)),
        Value(used ?? symbols.none, role),
      ]
    }
    guard let user = person?.user else { return }
    let line = rect.lastRow - Layout.aboutRows
    screen.put(user.email ?? "", line, rect.column + 2, limit: inner - 2, role: .muted)
    screen.put(user.description ?? "", line + 1, rect.column + 2, limit: inner - 2, role: .muted)
  }

  static func endRole(_ key: APIKey, _ now: Timestamp) -> Role {
    if key.isRevoked { return .muted }
    guard let end = key.expiresAt else { return .text }
    let left = now.duration(to: end)
    return left <= .zero ? .danger : left <= .seconds(30 * 86_400) ? .warn : .text
  }

  private static func drawAccess(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let person = model.roster[model.users.selected]
    let rect = layout.detailAccess
    let reached = person.map { person in
      model.backends.filter { AccessCell(person.user, $0.name).isReached }.count
    }
    let box = ListBox(
      rect: rect,
      title: "Access  reach \(reached ?? 0)/\(model.backends.count)",
      columns: [
        Column("BACKEND", max(8, rect.columns - 2 - 3 - 10 - 8)), Column("RULE", 9),
        Column("OPEN", 4),
      ], isFocused: model.box == 2, reserved: 1)
    let symbols = screen.symbols
    box.draw(model.detailAccess, on: &screen) { name in
      guard let person else { return [] }
      let cell = AccessCell(person.user, name)
      return [
        Value(name), Value("\(cell.mark(symbols)) \(cell.word)", cell.role),
        Value(cell.isReached ? "yes" : "no", cell.isReached ? .ok : .danger),
      ]
    }
    screen.put(
      model.backends.isEmpty
        ? "no backends are configured"
        : "\(screen.symbols.open) open  x closed by allow-list", rect.lastRow - 1, rect.column + 2,
      limit: rect.columns - 4, role: .muted)
  }
}

extension AccessCell {
  func mark(_ symbols: Symbols) -> String {
    switch self {
    case .allowed: "+"
    case .blocked: "-"
    case .open: symbols.open
    case .closed: "x"
    case .partial: "~"
    }
  }

  var role: Role {
    switch self {
    case .allowed: .ok
    case .blocked: .danger
    case .open: .text
    case .closed: .warn
    case .partial: .accent
    }
  }
}
