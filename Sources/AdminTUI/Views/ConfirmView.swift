/// A question before something is done.
enum ConfirmView {
  static func hints(_ confirm: Confirm) -> String {
    if let word = confirm.word { return "Type \(word), then Enter.  Esc keep" }
    let other = confirm.other.map { "\($0.key) \($0.choice.label)  " } ?? ""
    return confirm.isActFocused
      ? "Enter apply  \(other)Esc cancel  E as a command"
      : "y yes  n / Esc keep  E as a command  (keys typed in the first 0.3 s are ignored)"
  }

  static func draw(_ confirm: Confirm, _ layout: Layout, on screen: inout Screen) {
    let width = min(70, layout.size.columns - 6)
    var lines = confirm.lines.flatMap { DialogView.wrap($0, width - 6) }
    let room = max(1, layout.pane.rows - 6)
    if lines.count > room {
      // The end says what cannot be had back.
      let hidden = lines.count - room + 1
      let tail = min(room - 1, 3)
      lines =
        lines.prefix(room - 1 - tail) + ["… and \(hidden) more lines"] + lines.suffix(tail)
    }
    let box = layout.pane.centered(rows: lines.count + 6, columns: width)
    DialogView.frame(box, confirm.title, on: &screen)
    for (index, line) in lines.enumerated() {
      screen.put(line, box.row + 2 + index, box.column + 3, limit: width - 6, cut: .end)
    }
    let row = box.lastRow - 2
    if let word = confirm.word {
      let at = box.column + 3
      let label = screen.put("Type \(word) to go on: ", row, at, limit: width - 30, role: .danger)
      FormView.draw(
        confirm.typed, row, at + label, width: max(10, box.lastColumn - at - label - 3),
        isFocused: true, on: &screen)
    } else if confirm.isActFocused {
      let next = DialogView.button(
        confirm.act.label, row, box.column + 3, isFocused: true, on: &screen)
      _ = DialogView.button(
        confirm.keepLabel, row, next, isFocused: false, target: .key(.escape), on: &screen)
    } else {
      // Only keeping can be clicked.
      let next = DialogView.button(
        confirm.keepLabel, row, box.column + 10, isFocused: true, target: .key(.escape), on: &screen
      )
      _ = DialogView.button(confirm.act.label, row, next, isFocused: false, on: &screen)
    }
  }
}
