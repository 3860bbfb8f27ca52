import GatewayKit

/// Lines that are read.
enum TextView {
  static func draw(_ text: TextBox, _ layout: Layout, on screen: inout Screen) {
    let widest = text.lines.map { Glyphs($0).width }.max() ?? 0
    let box = layout.pane.centered(
      rows: min(max(1, text.lines.count) + 4, layout.pane.rows),
      columns: min(max(widest, text.title.count + 4, 30) + 6, layout.size.columns - 2))
    DialogView.frame(box, text.title, on: &screen)
    let room = max(1, box.rows - 4)
    let top = max(0, min(text.top, text.lines.count - room))
    for (index, line) in text.lines.dropFirst(top).prefix(room).enumerated() {
      screen.put(line, box.row + 2 + index, box.column + 3, limit: box.columns - 6, cut: .end)
    }
    if text.lines.count > room {
      screen.put(
        " \(top + 1)-\(min(top + room, text.lines.count)) of \(text.lines.count) ", box.lastRow,
        endingAt: box.lastColumn - 1, limit: 30, role: .muted)
    }
    screen.cursor = Place(row: box.row + 2, column: box.column + 3)
  }

  /// What was done here, and what the log says was done before and elsewhere.
  static func history(of model: Model) -> TextBox {
    let zone = model.isUTC ? 0 : model.zone
    var lines = model.history.done.reversed().map { entry in
      "\(Wording.second(entry.when, zone: zone).suffix(8))  \(entry.title)\(entry.undo == nil ? "  (stays)" : "")"
    }
    if lines.isEmpty { lines = ["Nothing was changed in this session."] }
    let kinds = ["user.", "key.", "access.", "store."]
    let logged = model.audit.filter { row in kinds.contains { row.event.hasPrefix($0) } }.prefix(
      200)
    if !logged.isEmpty {
      lines += ["", "In the audit log, the newest first:"]
      lines += logged.map { row in
        "\(row.time.map { Wording.second($0, zone: zone) } ?? "")  \(row.actor)  \(row.event)  \(row.target)"
      }
    }
    return TextBox(title: "Done in this session: \(model.history.done.count)", lines: lines)
  }
}
