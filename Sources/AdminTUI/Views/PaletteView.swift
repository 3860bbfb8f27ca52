/// What is typed behind a colon, and what it could mean.
enum PaletteView {
  static func draw(
    _ palette: Palette, _ model: Model, _ layout: Layout, on screen: inout Screen
  ) {
    let found = model.commands(matching: palette.input.text)
    let box = layout.pane.centered(
      rows: min(16, layout.pane.rows), columns: min(76, layout.size.columns - 4))
    DialogView.frame(box, "Command", on: &screen)
    screen.put(":", box.row + 1, box.column + 2, role: .accent)
    FormView.draw(
      palette.input, box.row + 1, box.column + 4, width: box.columns - 6, isFocused: true,
      on: &screen)
    let room = box.rows - 4
    let first = max(0, palette.index - room + 1)
    // The title and its key are at the right; the command has the rest.
    let titles = box.column + 40
    for (place, command) in found.dropFirst(first).prefix(room).enumerated() {
      let row = box.row + 2 + place
      let isSelected = first + place == palette.index
      screen.put(isSelected ? ">" : " ", row, box.column + 2, role: .accent)
      screen.put(command.text, row, box.column + 4, limit: titles - box.column - 5)
      screen.put(
        command.title, row, titles, limit: max(0, box.lastColumn - titles - 9), cut: .end,
        role: .muted)
      if case .action(let action) = command.deed,
        let key = model.keymap.keys(for: action, in: model.pane).first
      {
        screen.put(key.name, row, endingAt: box.lastColumn - 1, limit: 8, role: .muted)
      }
      if isSelected { screen.emphasize(.reverse, row, box.column + 1..<box.lastColumn) }
    }
    screen.put(
      found.isEmpty
        ? "No command has these words." : "Commands have the same names as those of gateway.",
      box.lastRow - 1, box.column + 2, limit: box.columns - 4, role: found.isEmpty ? .warn : .muted)
  }
}
