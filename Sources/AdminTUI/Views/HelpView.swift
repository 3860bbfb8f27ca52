import GatewayKit

/// The keys, those of the pane first.
enum HelpView {
  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let box = layout.pane.centered(
      rows: min(22, layout.pane.rows), columns: min(76, layout.size.columns - 2))
    DialogView.frame(box, "Help — \(model.pane.title) pane (what works here first)", on: &screen)
    let left = box.column + 3
    var row = box.row + 1
    screen.put("Here", row, left, role: .header, emphasis: .bold)
    screen.put("Everywhere", row, left + 25, role: .header, emphasis: .bold)
    row += 1
    let here = model.keymap.actions(of: model.pane).map { action in
      (model.keymap.keys(for: action, in: model.pane).first?.name ?? "", action.title)
    }
    let room = box.rows - 5
    for (index, line) in here.prefix(room).enumerated() {
      screen.put(line.0, row + index, left, limit: 7, role: .accent)
      screen.put(line.1, row + index, left + 7, limit: 17)
    }
    let everywhere = Self.everywhere
    for (index, line) in everywhere.prefix(room * 2).enumerated() {
      let at = left + 25 + (index / room) * 24
      screen.put(line.0, row + index % room, at, limit: 13, role: .accent)
      screen.put(
        line.1, row + index % room, at + 14,
        limit: max(0, min(10, box.lastColumn - at - 14)), cut: .end)
    }
    screen.put(
      "gateway-admin \(GatewayVersion.text) · \(model.roster.path) \(model.readOnly == nil ? "read-write" : "read-only")",
      box.lastRow - 2, left, limit: box.columns - 6, cut: .end, role: .muted)
    screen.put(
      "Mouse: click selects, wheel scrolls; Shift+drag is your terminal's own selection.",
      box.lastRow - 1, left, limit: box.columns - 6, cut: .end, role: .muted)
  }

  private static let everywhere: [(String, String)] = [
    ("↑ ↓ j k", "move"), ("g G Home End", "first, last"), ("Ctrl-D Ctrl-U", "half page"),
    ("PgDn PgUp", "page"), ("h l ← →", "column"), ("/", "filter"), ("1 … 6", "panes"),
    ("Tab", "next box"), ("Enter", "open"), ("Esc", "back"), ("-", "last pane"),
    (":  Ctrl-P", "command"), ("Space", "mark"), ("*", "mark all"), ("s S", "sort"),
    ("y", "copy"), ("u", "undo"), ("Ctrl-R", "redo"), ("U", "history"), ("p", "pause"),
    ("r", "reload"), ("Ctrl-L", "repaint"), ("Ctrl-Z", "suspend"), ("q", "back, quit"),
    ("Ctrl-C", "twice: quit"),
  ]
}
