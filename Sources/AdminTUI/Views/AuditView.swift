import GatewayKit

/// Pane 6: who did what.
enum AuditView {
  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let inner = layout.pane.columns - 2
    let (actorWidth, eventWidth, resultWidth) =
      layout.isWide ? (20, 18, 18) : layout.isNarrow ? (9, 14, 8) : (11, 16, 10)
    let time = layout.isNarrow ? 11 : 19
    var box = ListBox(
      rect: layout.pane, title: UsersView.title("Audit", model.auditList),
      columns: [
        Column(model.isUTC ? "TIME UTC" : "TIME", time), Column("ACTOR", actorWidth),
        Column("ACTION", eventWidth),
        Column("TARGET", max(8, inner - 3 - time - actorWidth - eventWidth - resultWidth - 5)),
        Column("RESULT", resultWidth),
      ], reserved: layout.auditDetailRows, hasRule: true)
    let zone = model.isUTC ? 0 : model.zone
    box.footer = "newest first, follow \(model.follows ? "on" : "off")"
    box.empty = "Nothing is in the audit log yet."
    let rows = Dictionary(model.audit.map { ($0.sequence, $0) }) { first, _ in first }
    box.draw(model.auditList, on: &screen) { id in
      guard let row = rows[id] else { return [] }
      let text = row.time.map { Wording.second($0, zone: zone) } ?? ""
      // Without the year and the seconds where there is little room.
      return [
        Value(layout.isNarrow ? String(text.dropFirst(5).prefix(11)) : text), Value(row.actor),
        Value(row.event), Value(row.target), Value(row.result, role(row.result)),
      ]
    }
    guard let row = model.auditList.selected.flatMap({ rows[$0] }) else { return }
    drawDetail(row, layout, on: &screen)
  }

  /// What is as it should be needs no colour.
  private static func role(_ result: String) -> Role {
    switch result {
    case "", "ok", "done": .text
    case "denied": .danger
    default: .warn
    }
  }

  /// All of the line that the row does not say already, in two columns where there is room.
  private static func drawDetail(_ row: AuditRow, _ layout: Layout, on screen: inout Screen) {
    let inner = layout.pane.columns - 2
    let top = layout.pane.lastRow - layout.auditDetailRows + 1
    screen.put(
      "Detail  event \(row.sequence)", top, 2, limit: inner - 2, role: .header, emphasis: .bold)
    let details = row.details.filter { !["time", "event", "generation"].contains($0.name) }
    let room = max(1, layout.auditDetailRows - 2)
    let columns = layout.isWide && details.count > room ? 2 : 1
    let width = (inner - 2) / columns
    for (index, detail) in details.prefix(room * columns).enumerated() {
      let line = top + 1 + index % room
      let at = 4 + index / room * width
      screen.put(detail.name, line, at, limit: 12, role: .muted)
      screen.put(detail.value, line, at + 13, limit: width - 16, cut: .end)
    }
  }
}
