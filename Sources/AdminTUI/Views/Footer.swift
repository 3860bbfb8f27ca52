import GatewayKit

/// The last line: what is typed, the last message, or the keys that work now.
enum Footer {
  static func draw(_ model: Model, on screen: inout Screen) {
    let row = screen.size.rows - 1
    let limit = screen.size.columns
    if model.isFiltering, model.dialogs.isEmpty {
      let shown = model.filtered.rows.count
      let start = screen.put("/\(model.filterInput.text)", row, 0, limit: limit / 2, role: .accent)
      screen.cursor = Place(row: row, column: start)
      let hint =
        model.filtered.filter.isBroken
        ? "not a regular expression yet"
        : "\(shown) of \(total(model))   Enter keep  Esc clear  ↑ history  ! prefix: not"
      screen.put(
        "   \(hint)", row, start + 1, limit: max(0, limit - start - 1), cut: .end, role: .muted)
    } else if let notice = model.notice, model.dialogs.isEmpty || notice.isError {
      draw(notice, on: &screen)
    } else if let waiting = saving(model) {
      screen.put(waiting, row, 0, limit: limit, cut: .end, role: .warn)
    } else {
      drawHints(hints(model), row, on: &screen)
    }
  }

  /// Over as many lines as it needs: what to do stands at its end.
  private static func draw(_ notice: Notice, on screen: inout Screen) {
    let width = screen.size.columns
    let lines = DialogView.wrap(notice.text, width).prefix(5)
    let first = screen.size.rows - lines.count
    screen.clear(Rect(row: first, column: 0, rows: lines.count, columns: width))
    for (index, line) in lines.enumerated() {
      screen.put(line, first + index, 0, limit: width, role: notice.isError ? .danger : .accent)
    }
  }

  /// Only what takes longer than anybody notices is said.
  private static func saving(_ model: Model) -> String? {
    guard let oldest = model.pending.values.map(\.started).min() else { return nil }
    let waited = oldest.duration(to: model.now)
    guard waited >= .milliseconds(500) else { return nil }
    return "Saving … \(waited.components.seconds) s. Another program may be writing the store."
  }

  private static func total(_ model: Model) -> String {
    switch model.pane {
    case .users, .access: Wording.grouped(model.roster.people.count)
    case .keys: Wording.grouped(model.roster.keyCount)
    case .backends: Wording.grouped(model.backends.count)
    case .usage: Wording.grouped(model.usage.lines.count)
    case .audit:
      model.audit.first.flatMap { Int($0.sequence) }.map(Wording.grouped)
        ?? Wording.grouped(model.audit.count)
    }
  }

  /// Each can be clicked, for the key that it names.
  private static func drawHints(_ hints: String, _ row: Int, on screen: inout Screen) {
    var hints = hints.split(separator: "  ").map(String.init)
    // Help, which has all of them, is the last and stays.
    while hints.count > 2, hints.joined(separator: "  ").count > screen.size.columns {
      hints.remove(at: hints.count - 2)
    }
    var at = 0
    for hint in hints {
      let end =
        at + screen.put(hint, row, at, limit: max(0, screen.size.columns - at), role: .muted)
      if let key = hint.split(separator: " ").first.flatMap({ Key(named: String($0)) }) {
        screen.mark(row, at..<end, as: .key(key))
      }
      at = end + 2
    }
  }

  private static func hints(_ model: Model) -> String {
    if let dialog = model.dialogs.last { return DialogView.hints(dialog) }
    if model.isTroubled { return "b compare  R restore backup  r try again  q quit" }
    if model.isLoaded, model.roster.people.isEmpty,
      [.users, .keys, .access].contains(model.pane)
    {
      return "n new user  : command  ? help  q quit"
    }
    let layout = Layout(model.size)
    if layout.isNarrow, model.pane == .users, !model.isDetailShown {
      return "Enter open  n new  N key  / filter  : command  ? help"
    }
    if let block = model.block, model.pane == .access {
      return
        "a allow  b block  d default  \(block == .column ? "c" : block == .row ? "V" : "v") none  Esc back"
    }
    switch model.pane {
    case .users:
      switch model.box {
      case 1:
        return "N new key  R revoke  e rename  Space mark  y copy  Tab access  Esc back  ? help"
      case 2: return "Space cycle  a allow  b block  d default  w who  u undo  Esc back  ? help"
      default:
        return layout.isWide
          ? "n new user  e edit  N new key  R revoke  x enable/disable  Space mark  s sort  / filter  : command  u undo  y copy  q quit  ? help"
          : "n new  e edit  N key  R revoke  Space mark  / filter  : command  ? help"
      }
    case .keys:
      return layout.isWide
        ? "n new key  R revoke  t extend  e rename  o rotate  f quick filter  Space mark  E export  / filter  ? help"
        : "n new key  R revoke  t extend  f quick filter  Space mark  / filter  ? help"
    case .access:
      return layout.isWide
        ? "Space cycle  a allow  b block  d default  v range  V row  c column  u undo  / users  E export  w who can reach it  ? help"
        : "Space cycle  a allow  b block  d default  v range  u undo  / filter  ? help"
    case .backends:
      return layout.isWide
        ? "Enter tools  c check now  C check all  l last errors  w who can reach it  p pause  / filter  ? help"
        : "Enter tools  c check now  l last errors  p pause  / filter  ? help"
    case .usage:
      return model.usageAsk.user == nil
        ? "w window  b by user/key/tool  p pause  Enter drill in  ? help"
        : "w window  b by user/key/tool  p pause  Esc all users  ? help"
    case .audit: return "f follow  t UTC/local  y copy  E export  / filter  ? help"
    }
  }
}
