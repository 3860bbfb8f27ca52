/// The last line: what is typed, the last message, or the keys that work now.
enum Footer {
  static func draw(_ model: Model, on screen: inout Screen) {
    let row = screen.size.rows - 1
    let limit = screen.size.columns
    if model.isFiltering, model.dialogs.isEmpty {
      let shown = model.filtered.rows.count
      let start = screen.put("/\(model.filterInput.text)", row, 0, limit: limit / 2, role: .accent)
      screen.cursor = Place(row: row, column: start)
      screen.put(
        "   \(shown) of \(total(model))   Enter keep  Esc clear  ! prefix: not", row, start + 1,
        limit: max(0, limit - start - 1), role: .muted)
    } else if let notice = model.notice, model.dialogs.isEmpty || notice.isError {
      screen.put(
        notice.text, row, 0, limit: limit, cut: .end, role: notice.isError ? .danger : .accent)
    } else {
      screen.put(hints(model), row, 0, limit: limit, cut: .end, role: .muted)
    }
  }

  private static func total(_ model: Model) -> Int {
    switch model.pane {
    case .users, .access: model.roster.people.count
    case .keys: model.roster.keyCount
    case .backends: model.backends.count
    case .usage: model.usage.byUser.count
    case .audit: model.audit.count
    }
  }

  private static func hints(_ model: Model) -> String {
    if let dialog = model.dialogs.last { return DialogView.hints(dialog) }
    if model.isLoaded, model.roster.people.isEmpty,
      [.users, .keys, .access].contains(model.pane)
    {
      return "n new user  : command  ? help  q quit"
    }
    if Layout(model.size).isNarrow, model.pane == .users, !model.isDetailShown {
      return "Enter open  n new  N key  / filter  : command  ? help"
    }
    switch model.pane {
    case .users:
      return model.box == 2
        ? "Space cycle  a allow  b block  d default  w who  u undo  Esc back  ? help"
        : Layout(model.size).isWide
          ? "n new user  e edit  N new key  R revoke  x enable/disable  Space mark  s sort  / filter  : command  u undo  y copy  ? help  q quit"
          : "n new  e edit  N key  R revoke  Space mark  / filter  : command  ? help"
    case .keys: return "n new key  R revoke  t extend  o rotate  f quick filter  / filter  ? help"
    case .access:
      return "Space cycle  a allow  b block  d default  w who  u undo  / filter  ? help"
    case .backends: return "Enter details  c check now  w who  p pause  / filter  ? help"
    case .usage: return "p pause  r reload  ? help"
    case .audit: return "f follow  t UTC/local  y copy  / filter  ? help"
    }
  }
}
