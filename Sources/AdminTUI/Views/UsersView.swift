import GatewayKit

/// Pane 1: users, and beside them the selected one's keys and access.
enum UsersView {
  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    if !layout.isNarrow || !model.isDetailShown { drawList(model, layout, on: &screen) }
    if !layout.isNarrow || model.isDetailShown {
      if layout.isTall { drawAbout(model, layout, on: &screen) }
      drawKeys(model, layout, on: &screen)
      drawAccess(model, layout, on: &screen)
    }
  }

  private static func drawList(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    var box = ListBox(
      rect: layout.list, title: title("Users \(model.roster.people.count)", model.users),
      isFocused: model.box == 0, sort: (model.users.sort, model.users.isDescending))
    let inner = layout.list.columns - 2
    let isWide = layout.list.columns >= 66
    let access = isWide ? 9 : 7
    let fixed = 3 + 1 + 5 + 1 + access + 1 + 5 + 1 + (isWide || layout.isNarrow ? 6 : 4)
    let nameWidth = isWide ? 17 : max(10, inner - fixed)
    box.columns = [Column("USER", nameWidth, sort: 0)]
    if isWide {
      box.columns.append(Column("EMAIL", max(8, inner - fixed - nameWidth - 1), sort: 5))
    }
    box.columns += [
      Column("KEYS", 5, .right, sort: 1), Column("ACCESS", access, sort: 2),
      Column("SEEN", 4, .right, sort: 3),
      Column(
        isWide || layout.isNarrow ? "STATE" : "ST", isWide || layout.isNarrow ? 5 : 3, sort: 4),
    ]
    box.footer = marks(model.users)
    let symbols = screen.symbols
    box.draw(model.users, on: &screen) { id in
      guard let person = model.roster[id] else { return [] }
      let user = person.user
      let seen = model.usage.uses.latest(of: person.keys).map {
        Wording.ago($0.lastUsed, model.now)
      }
      let role: Role = user.isEnabled ? .text : .muted
      var values = [Value(user.username, role)]
      if isWide { values.append(Value(user.email ?? "", role)) }
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

  /// `marked 2 (1 hidden by the filter)`.
  static func marks(_ list: ListState) -> String {
    guard !list.marked.isEmpty else { return "" }
    let hidden = list.hiddenMarks
    return "marked \(list.marked.count)\(hidden > 0 ? " (\(hidden) hidden by the filter)" : "")"
  }

  // MARK: The detail

  private static func drawAbout(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let rect = layout.detailAbout
    guard let person = model.person else {
      return ListBox(rect: rect, title: "User", isFocused: false).drawFrame(on: &screen)
    }
    let user = person.user
    ListBox(rect: rect, title: user.username, isFocused: false).drawFrame(on: &screen)
    let seen = model.usage.uses.latest(of: person.keys).map {
      "last seen \(Wording.ago($0.lastUsed, model.now)) ago\($0.address.isEmpty ? "" : " from \($0.address)")"
    }
    let calls = person.keys.reduce(0) { $0 + (model.usage.callsOfKey[$1.id] ?? 0) }
    let rate = model.userRates.perMinute(user.username)
    let spark = Sparkline.line(
      model.userRates.line(user.username, parts: 15), isASCII: screen.symbols.isASCII)
    let lines = [
      (
        "id",
        "\(user.id.prefix(12))   created \(Wording.second(user.createdAt, zone: model.zone).prefix(10))"
      ),
      ("email", user.email ?? screen.symbols.none),
      ("note", user.description ?? screen.symbols.none),
      (
        "state", "\(user.isEnabled ? "on" : "off")   \(seen ?? "never seen, as far as was counted")"
      ),
      ("calls", "\(Wording.grouped(calls))\(rate > 0 ? "   \(rate) a minute \(spark)" : "")"),
      ("meta", Metadata.text(user.metadata)),
    ]
    for (index, line) in lines.enumerated() {
      screen.put(line.0, rect.row + 1 + index, rect.column + 2, role: .muted)
      screen.put(
        line.1, rect.row + 1 + index, rect.column + 11, limit: rect.columns - 13, cut: .end)
    }
  }

  private static func drawKeys(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let person = model.roster[model.users.selected]
    let rect = layout.detailKeys
    let inner = rect.columns - 2
    let isWide = rect.columns >= 60
    let fixed = 3 + (isWide ? 13 + 9 : 0) + 11 + 6
    var columns = [Column("NAME", max(6, inner - fixed))]
    if isWide { columns.append(Column("ID", 12)) }
    columns.append(Column("EXPIRES", 10))
    if isWide { columns.append(Column("USED", 8, .right)) }
    columns.append(Column("LAST", 5, .right))
    let box = ListBox(
      rect: rect,
      title: "Keys \(person?.keys.count ?? 0)\(person.map { " — \($0.user.username)" } ?? "")",
      columns: columns, isFocused: model.box == 1, box: 1, footer: marks(model.detailKeys),
      reserved: layout.aboutRows)
    let symbols = screen.symbols
    box.draw(model.detailKeys, on: &screen) { id in
      guard let key = model.roster.key(id) else { return [] }
      let role: Role = key.state(at: model.now) == .valid ? .text : .muted
      var values = [Value(key.name, role)]
      if isWide { values.append(Value(key.id, .muted)) }
      values.append(Value(Wording.end(key, model.now), endRole(key, model.now)))
      if isWide {
        values.append(
          Value(model.usage.callsOfKey[id].map(Wording.grouped) ?? symbols.none, role))
      }
      let used = model.usage.uses[id].map { Wording.ago($0.lastUsed, model.now) }
      values.append(Value(used ?? symbols.none, role))
      return values
    }
    guard let user = person?.user, layout.aboutRows > 0 else { return }
    let line = rect.lastRow - layout.aboutRows
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
      model.backends.count { AccessCell(person.user, $0.name).isReached }
    }
    let isWide = rect.columns >= 60
    let fixed = 3 + 11 + (isWide ? 11 + 7 + 14 : 5)
    var columns = [Column("BACKEND", max(8, rect.columns - 2 - fixed)), Column("RULE", 10)]
    columns.append(isWide ? Column("EFFECTIVE", 10) : Column("OPEN", 4))
    if isWide { columns += [Column("TOOLS", 6, .right), Column("HEALTH", 13)] }
    let box = ListBox(
      rect: rect, title: "Access  reach \(reached ?? 0)/\(model.backends.count)", columns: columns,
      isFocused: model.box == 2, box: 2, reserved: layout.legendRows)
    let symbols = screen.symbols
    box.draw(model.detailAccess, on: &screen) { name in
      guard let person else { return [] }
      let cell = AccessCell(person.user, name)
      var values = [
        Value(name), Value("\(cell.mark(symbols)) \(cell.word)", cell.role),
        Value(cell.isReached ? "yes" : "no", cell.isReached ? .ok : .danger),
      ]
      if isWide, let row = model.backends.first(where: { $0.name == name }) {
        let (text, role) = BackendsView.health(row, symbols)
        values += [
          Value(row.tools.map(String.init) ?? symbols.none),
          Value(row.latency.map { "\(text) \($0)ms" } ?? text, role),
        ]
      }
      return values
    }
    let legend =
      model.backends.isEmpty
      ? ["No backends are configured."]
      : layout.isTall
        ? [
          "+ allow rule  - block rule  · default, open  x default, closed",
          "A block always wins. One allow rule closes every backend",
          "without a rule of its own. No rules: all backends are open.",
        ] : ["Space cycle  a/b/d set", "· open  x closed by allow-list"].suffix(layout.legendRows)
    for (index, line) in legend.enumerated() {
      screen.put(
        line, rect.lastRow - layout.legendRows + index, rect.column + 2, limit: rect.columns - 4,
        cut: .end, role: .muted)
    }
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
