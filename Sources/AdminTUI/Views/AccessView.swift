import GatewayKit

/// Pane 3: users against backends, and what the rules come to.
enum AccessView {
  private static let reachWidth = 11

  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let rect = layout.pane
    let title =
      "Access  \(Wording.count(model.roster.people.count, "user")) \(screen.symbols.times) \(Wording.count(model.backends.count, "backend"))"
    ListBox(rect: rect, title: UsersView.title(title, model.users)).drawFrame(on: &screen)
    let inner = rect.inset()
    // Wide columns only where all of them fit.
    let isRoomy = inner.columns - 1 - reachWidth - 24 >= model.backends.count * 12
    let nameWidth = isRoomy ? 24 : 14
    let width = isRoomy ? 12 : 8
    let room = max(1, (inner.columns - 1 - nameWidth - reachWidth) / width)
    let first = max(0, min(model.column - room + 1, model.backends.count - room))
    let shown = Array(model.backends.dropFirst(first).prefix(room))
    if shown.count < model.backends.count {
      screen.put(
        " \(first + 1)-\(first + shown.count) of \(model.backends.count) backends: h l ", rect.row,
        endingAt: rect.lastColumn - 1, limit: 40, role: .warn)
    }
    let reachColumn = inner.column + 1 + nameWidth + shown.count * width + 1

    screen.put("USER", inner.row, inner.column + 1, role: .header, emphasis: .bold)
    screen.put("health", inner.row + 1, inner.column + 1, role: .muted)
    screen.put("REACH", inner.row, reachColumn, role: .header, emphasis: .bold)
    for (place, row) in shown.enumerated() {
      let at = inner.column + 1 + nameWidth + place * width
      screen.put(row.name, inner.row, at, limit: width - 1, role: .header, emphasis: .bold)
      let (text, role) = BackendsView.health(row, screen.symbols)
      screen.put(text, inner.row + 1, at, limit: width - 1, role: role)
    }
    for (place, id) in model.access.visible(layout.accessRows).enumerated() {
      guard let person = model.roster[id] else { continue }
      let line = inner.row + 2 + place
      let isSelected = id == model.access.selected
      let role: Role = person.user.isEnabled ? .text : .muted
      if isSelected { screen.put(">", line, inner.column, role: .accent) }
      screen.put(person.user.username, line, inner.column + 1, limit: nameWidth - 1, role: role)
      for (index, row) in shown.enumerated() {
        let at = inner.column + 2 + nameWidth + index * width
        let cell = AccessCell(person.user, row.name)
        let isHere = isSelected && first + index == model.column
        let isChosen = model.isChosen(row: model.access.top + place, column: first + index)
        screen.put(
          isHere ? "[\(cell.mark(screen.symbols))]" : " \(cell.mark(screen.symbols)) ", line,
          at - 1, role: cell.role, emphasis: isHere || isChosen ? .reverse : [])
        screen.mark(line, at - 2..<at + width - 2, as: .cell(user: id, column: first + index))
        if isHere { screen.cursor = Place(row: line, column: at) }
      }
      let reached = model.backends.count { AccessCell(person.user, $0.name).isReached }
      screen.put(
        "\(reached)/\(model.backends.count)\(person.user.isEnabled ? "" : "  off")", line,
        reachColumn, role: reached == model.backends.count ? .text : .warn)
    }
    screen.put(
      "+ allow rule  - block rule  \(screen.symbols.open) no rule, open  x no rule, closed  ~ partial",
      rect.lastRow - 2, inner.column + 1, limit: inner.columns - 2, cut: .end, role: .muted)
    screen.put(
      sentence(model), rect.lastRow - 1, inner.column + 1, limit: inner.columns - 2, cut: .end,
      role: .muted)
    if !model.access.rows.isEmpty {
      screen.put(
        " \(model.access.index + 1)/\(model.access.rows.count) ", rect.lastRow,
        endingAt: rect.lastColumn - 1, limit: 20, role: .muted)
    }
  }

  /// What the cell under the cursor means, or what the next rule is for.
  private static func sentence(_ model: Model) -> String {
    if model.block != nil {
      let cells = model.chosenCells
      let count = cells.reduce(0) { $0 + $1.backends.count }
      return
        "\(Wording.count(count, "cell")) of \(Wording.count(cells.count, "user")): a, b or d is for all of them; Esc none."
    }
    guard let user = model.person?.user, let backend = model.selectedBackend else {
      return "No backends are configured."
    }
    let meaning: String =
      switch AccessCell(user, backend) {
      case .allowed: "allowed by rule."
      case .blocked: "blocked by rule; a block always wins."
      case .open: "no rule, so it is open."
      case .closed: "no rule, and closed because other backends are allowed by rule."
      case .partial:
        "rules about some of its tools: "
          + (user.allowed.map { "+\($0)" } + user.blocked.map { "-\($0)" }).filter {
            $0.dropFirst().hasPrefix("\(backend)/")
          }.joined(separator: " ")
      }
    return "\(user.username) × \(backend): \(meaning)"
  }
}
