import GatewayKit

/// What stands over the panes.
enum DialogView {
  static func draw(_ dialog: Dialog, _ model: Model, _ layout: Layout, on screen: inout Screen) {
    screen.cursor = nil
    switch dialog {
    case .form(let form): FormView.draw(form, model, layout, on: &screen)
    case .confirm(let confirm): draw(confirm, layout, on: &screen)
    case .reveal(let reveal): draw(reveal, model, layout, on: &screen)
    case .help: HelpView.draw(model, layout, on: &screen)
    case .palette(let palette): draw(palette, model, layout, on: &screen)
    case .history: draw(model.history, model, layout, on: &screen)
    case .text(let title, let lines, let top):
      draw(title: title, lines: Array(lines.dropFirst(top)), layout, on: &screen)
    }
  }

  static func hints(_ dialog: Dialog) -> String {
    switch dialog {
    case .form(let form):
      "Tab next  Shift-Tab back  Enter on \(form.saveLabel) or Ctrl-S save  Esc cancel"
    case .confirm(let confirm):
      confirm.word == nil
        ? "y \(confirm.actLabel.hasPrefix("Enter") ? "apply" : "yes")  n / Esc keep    (keys typed in the first 0.3 s are ignored)"
        : "Type the name, then Enter.  Esc keep"
    case .reveal: "y copy  m hide/show  w write to file (0600)  Enter close"
    case .help, .history, .text: "Esc close"
    case .palette: "↑↓ choose  Tab complete  Enter run  Esc close"
    }
  }

  // MARK: Parts

  static func frame(_ rect: Rect, _ title: String, on screen: inout Screen) {
    screen.clear(rect)
    screen.frame(rect, screen.symbols.dialog, role: .borderFocus, emphasis: .bold)
    screen.put(
      " \(title) ", rect.row, rect.column + 2, limit: rect.columns - 4, role: .header,
      emphasis: .bold)
  }

  /// A button, and where the next one begins.
  static func button(
    _ label: String, _ row: Int, _ column: Int, isFocused: Bool, on screen: inout Screen
  ) -> Int {
    let width = screen.put(
      "[ \(label) ]", row, column, role: isFocused ? .accent : .text,
      emphasis: isFocused ? .reverse : [])
    if isFocused { screen.cursor = Place(row: row, column: column + 2) }
    return column + width + 3
  }

  /// Text in lines of at most so many columns, broken at spaces.
  static func wrap(_ text: String, _ columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, line.count + 1 + word.count > columns {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? "\(word)" : " \(word)"
      while line.count > columns {
        lines.append(String(line.prefix(columns)))
        line = String(line.dropFirst(columns))
      }
    }
    return lines + [line]
  }

  // MARK: Boxes

  private static func draw(_ confirm: Confirm, _ layout: Layout, on screen: inout Screen) {
    let width = min(70, layout.size.columns - 6)
    let lines = confirm.lines.flatMap { wrap($0, width - 6) }
    let box = layout.pane.centered(rows: lines.count + 6, columns: width)
    frame(box, confirm.title, on: &screen)
    for (index, line) in lines.enumerated() {
      screen.put(line, box.row + 2 + index, box.column + 3, limit: width - 6)
    }
    let row = box.lastRow - 2
    if let word = confirm.word {
      let at = box.column + 3
      let label = screen.put("Type \(word) to confirm: ", row, at, limit: width - 30, role: .danger)
      FormView.draw(
        confirm.typed, row, at + label, width: max(10, box.lastColumn - at - label - 3),
        isFocused: true, on: &screen)
    } else {
      let next = button(
        confirm.keepLabel, row, box.column + 12, isFocused: !confirm.isActFocused, on: &screen)
      _ = button(confirm.actLabel, row, next, isFocused: confirm.isActFocused, on: &screen)
    }
  }

  private static func draw(
    _ reveal: Reveal, _ model: Model, _ layout: Layout, on screen: inout Screen
  ) {
    let key = reveal.key
    let box = layout.pane.centered(rows: 13, columns: min(74, layout.size.columns - 2))
    frame(box, "New key \"\(key.name)\" for \(key.username) — SHOWN ONCE", on: &screen)
    let left = box.column + 3
    // Alone in its row, so that a mouse can take it and nothing else.
    screen.put(
      reveal.isHidden ? String(repeating: "*", count: reveal.secret.count) : reveal.secret.text,
      box.row + 2, left, role: .secret, emphasis: .bold)
    screen.cursor = Place(row: box.row + 2, column: left)
    let end =
      key.expiresAt.map { "Expires \(Wording.minute($0, zone: model.zone))" } ?? "Never expires"
    screen.put("\(end).  Id \(key.id)", box.row + 4, left, limit: box.columns - 6)
    let lines: [(String, Role)] =
      switch reveal.copied {
      case .sent(let via, let count):
        [
          ("● Sent to your terminal's clipboard \(via) (\(count) characters).", .ok),
          ("  The terminal does not confirm it. Paste somewhere to check.", .text),
        ]
      case .written(let path): [("● Written to \(path), which only you can read.", .ok)]
      case .unavailable(let why): wrap(why, box.columns - 6).prefix(3).map { ($0, .warn) }
      case nil:
        reveal.isWarned
          ? [("! Not copied yet. Enter again closes it for good; y copies.", .warn)] : []
      }
    for (index, line) in lines.enumerated() {
      screen.put(line.0, box.row + 6 + index, left, limit: box.columns - 6, cut: .end, role: line.1)
    }
    screen.put(
      "When this box closes the key cannot be shown again.", box.lastRow - 3, left,
      limit: box.columns - 6)
    let next = button(
      reveal.copied == nil ? "y Copy" : "y Copy again", box.lastRow - 2, left, isFocused: false,
      on: &screen)
    _ = button("Enter I have stored it", box.lastRow - 2, next, isFocused: false, on: &screen)
  }

  private static func draw(
    _ palette: Palette, _ model: Model, _ layout: Layout, on screen: inout Screen
  ) {
    let found = model.commands(matching: palette.input.text)
    let box = layout.pane.centered(
      rows: min(16, layout.pane.rows), columns: min(68, layout.size.columns - 4))
    frame(box, "Command", on: &screen)
    let label = screen.put(": ", box.row + 1, box.column + 2, role: .accent)
    let typed = screen.put(
      palette.input.text, box.row + 1, box.column + 2 + label, limit: box.columns - 8)
    screen.cursor = Place(row: box.row + 1, column: box.column + 2 + label + typed)
    let room = box.rows - 5
    let first = max(0, palette.index - room + 1)
    for (index, command) in found.dropFirst(first).prefix(room).enumerated() {
      let row = box.row + 3 + index
      let isSelected = first + index == palette.index
      if isSelected { screen.put(">", row, box.column + 2, role: .accent) }
      screen.put(command.text, row, box.column + 4, limit: 36)
      screen.put(
        command.title, row, box.column + 42, limit: max(0, box.columns - 50), cut: .end,
        role: .muted)
      if case .action(let action) = command.deed,
        let key = model.keymap.keys(for: action, in: model.pane).first
      {
        screen.put(key.name, row, endingAt: box.lastColumn - 1, limit: 9, role: .muted)
      }
      if isSelected { screen.emphasize(.reverse, row, box.column + 1..<box.lastColumn) }
    }
    screen.put(
      "Commands have the same names as those of gateway.", box.lastRow - 1, box.column + 2,
      limit: box.columns - 4, role: .muted)
  }

  private static func draw(
    _ history: History, _ model: Model, _ layout: Layout, on screen: inout Screen
  ) {
    let lines = history.done.reversed().map { entry in
      "\(Wording.second(entry.when, zone: model.zone).suffix(8))  \(entry.title)\(entry.undo == nil ? "  (stays)" : "")"
    }
    draw(
      title: "Done in this session: \(lines.count)",
      lines: lines.isEmpty ? ["Nothing was changed in this session."] : lines, layout, on: &screen)
  }

  private static func draw(
    title: String, lines: [String], _ layout: Layout, on screen: inout Screen
  ) {
    let widest = lines.map { Glyphs($0).width }.max() ?? 0
    let box = layout.pane.centered(
      rows: min(lines.count + 4, layout.pane.rows),
      columns: min(max(widest, title.count + 4, 30) + 6, layout.size.columns - 2))
    frame(box, title, on: &screen)
    for (index, line) in lines.prefix(box.rows - 4).enumerated() {
      screen.put(line, box.row + 2 + index, box.column + 3, limit: box.columns - 6)
    }
    screen.cursor = Place(row: box.row + 2, column: box.column + 3)
  }
}
