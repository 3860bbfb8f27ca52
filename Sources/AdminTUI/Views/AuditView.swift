import GatewayKit

/// Pane 6: who did what.
enum AuditView {
  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let inner = layout.pane.columns - 2
    var box = ListBox(
      rect: layout.pane, title: UsersView.title("Audit", model.auditList),
      columns: [
        Column(model.isUTC ? "TIME UTC" : "TIME", 19), Column("ACTOR", layout.isWide ? 20 : 11),
        Column("ACTION", 16),
        Column("TARGET", max(8, inner - 3 - 20 - (layout.isWide ? 21 : 12) - 17 - 11)),
        Column("RESULT", 10),
      ], reserved: layout.auditDetailRows)
    box.footer = "newest first, follow \(model.follows ? "on" : "off")"
    let rows = Dictionary(model.audit.map { ($0.sequence, $0) }) { first, _ in first }
    box.draw(model.auditList, on: &screen) { id in
      guard let row = rows[id] else { return [] }
      return [
        Value(row.time.map { Wording.second($0, zone: model.isUTC ? 0 : model.zone) } ?? ""),
        Value(row.actor), Value(row.event), Value(row.target),
        Value(row.result, row.result == "ok" || row.result == "done" ? .ok : .text),
      ]
    }
    guard let row = model.auditList.selected.flatMap({ rows[$0] }) else { return }
    var line = layout.pane.lastRow - layout.auditDetailRows
    screen.put(
      "Detail  event \(row.sequence)", line, 2, limit: inner - 2, role: .header, emphasis: .bold)
    for (name, value) in row.details.prefix(layout.auditDetailRows - 1) {
      line += 1
      screen.put(name, line, 4, limit: 12, role: .muted)
      screen.put(value, line, 17, limit: inner - 18)
    }
  }
}
