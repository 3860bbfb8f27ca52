import GatewayKit

/// When others are at the store too.
enum StoreDialogs {
  /// Somebody else changed what is being saved.
  static func draw(_ conflict: Conflict, _ layout: Layout, on screen: inout Screen) {
    let width = min(72, layout.size.columns - 2)
    let box = layout.pane.centered(rows: conflict.lines.count + 10, columns: width)
    DialogView.frame(
      box, "\(conflict.user.username) was changed elsewhere while you edited", on: &screen)
    let left = box.column + 3
    let column = (width - 6 - 13) / 2
    var row = box.row + 2
    screen.put("FIELD", row, left, role: .header, emphasis: .bold)
    screen.put("YOURS", row, left + 13, role: .header, emphasis: .bold)
    screen.put("STORE NOW", row, left + 13 + column, role: .header, emphasis: .bold)
    for line in conflict.lines {
      row += 1
      screen.put(line.field, row, left, limit: 12)
      screen.put(line.mine, row, left + 13, limit: column - 2)
      screen.put(line.theirs, row, left + 13 + column, limit: column)
      if line.isChanged { screen.put("*", row, left + 12 + column - 1, role: .warn) }
    }
    screen.put(
      "* differ. Fields you did not touch stay as the store has them.", row + 2, left,
      limit: width - 6, cut: .end, role: .muted)
    let next = DialogView.button(
      "Enter Save yours", box.lastRow - 2, left, isFocused: true, on: &screen)
    screen.put("e go on editing   Esc drop mine", box.lastRow - 2, next, limit: width - next)
  }

  /// Another program holds the store, and a change waits.
  static func draw(_ locked: Locked, _ model: Model, _ layout: Layout, on screen: inout Screen) {
    let width = min(70, layout.size.columns - 2)
    let waited = max(0, locked.since.duration(to: model.now).components.seconds)
    let lines =
      DialogView.wrap("\(locked.error)", width - 6) + [""]
      + DialogView.wrap(
        "Normally it is held for milliseconds. Your change is kept in this window and is written as soon as the lock is free.",
        width - 6)
    let box = layout.pane.centered(rows: lines.count + 6, columns: width)
    DialogView.frame(box, "The store is locked", on: &screen)
    for (index, line) in lines.enumerated() {
      screen.put(line, box.row + 2 + index, box.column + 3, limit: width - 6)
    }
    screen.put(
      "Waiting for the lock … \(waited) s   Esc discard my change", box.lastRow - 2, box.column + 3,
      limit: width - 6, role: .accent)
    screen.cursor = Place(row: box.lastRow - 2, column: box.column + 3)
  }
}
