import GatewayKit

/// What stands over the panes.
enum DialogView {
  static func draw(_ dialog: Dialog, _ model: Model, _ layout: Layout, on screen: inout Screen) {
    screen.cursor = nil
    switch dialog {
    case .form(let form): FormView.draw(form, model, layout, on: &screen)
    case .confirm(let confirm): ConfirmView.draw(confirm, layout, on: &screen)
    case .reveal(let reveal): RevealView.draw(reveal, model, layout, on: &screen)
    case .help(let help): HelpView.draw(help, model, layout, on: &screen)
    case .palette(let palette): PaletteView.draw(palette, model, layout, on: &screen)
    case .history: TextView.draw(TextView.history(of: model), layout, on: &screen)
    case .conflict(let conflict): StoreDialogs.draw(conflict, layout, on: &screen)
    case .locked(let locked): StoreDialogs.draw(locked, model, layout, on: &screen)
    case .text(let text): TextView.draw(text, layout, on: &screen)
    }
  }

  static func hints(_ dialog: Dialog) -> String {
    switch dialog {
    case .form(let form):
      "Tab next  Ctrl-S \(form.saveLabel.lowercased())  Space choose  Shift-Tab back  Esc cancel"
    case .confirm(let confirm): ConfirmView.hints(confirm)
    case .reveal: "y copy  m hide/show  w write to file (0600)  Enter close"
    case .help(let help):
      help.search == nil ? "/ search help  j k scroll  Esc close" : "Enter close  Esc clear"
    case .history: "Esc close  u undo and Ctrl-R redo are for the panes"
    case .text: "j k scroll  Esc close"
    case .palette: "↑↓ choose  Tab complete  Enter run  Esc close  ↑ at the top: history"
    case .conflict: "Enter save  e edit  Esc discard mine"
    case .locked: "Esc discard my change"
    }
  }

  // MARK: Parts

  static func frame(_ rect: Rect, _ title: String, on screen: inout Screen) {
    // A column beside it is free, so that no cut word touches the frame.
    screen.clear(rect.inset(rows: 0, columns: -1))
    screen.frame(rect, screen.symbols.dialog, role: .borderFocus, emphasis: .bold)
    screen.put(
      " \(title) ", rect.row, rect.column + 2, limit: rect.columns - 4, role: .header,
      emphasis: .bold)
  }

  /// A button, and where the next one begins.
  static func button(
    _ label: String, _ row: Int, _ column: Int, isFocused: Bool, target: Target? = nil,
    on screen: inout Screen
  ) -> Int {
    let width = screen.put(
      "[ \(label) ]", row, column, role: isFocused ? .accent : .text,
      emphasis: isFocused ? .reverse : [])
    if isFocused { screen.cursor = Place(row: row, column: column + 2) }
    if let target { screen.mark(row, column..<column + width, as: target) }
    return column + width + 3
  }

  /// Text in lines of at most so many columns, broken at spaces.
  static func wrap(_ text: String, _ columns: Int) -> [String] {
    var lines: [String] = []
    var line = String(text.prefix { $0 == " " })
    var isFirst = true
    for word in text.dropFirst(line.count).split(separator: " ", omittingEmptySubsequences: false) {
      if !isFirst, line.count + 1 + word.count > columns {
        lines.append(line)
        line = ""
        isFirst = true
      }
      line += isFirst ? "\(word)" : " \(word)"
      isFirst = false
      while line.count > columns {
        lines.append(String(line.prefix(columns)))
        line = String(line.dropFirst(columns))
      }
    }
    return lines + [line]
  }
}
