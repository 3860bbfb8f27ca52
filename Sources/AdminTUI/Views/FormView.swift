/// Forms, and what is typed into.
enum FormView {
  static func draw(_ form: Form, _ model: Model, _ layout: Layout, on screen: inout Screen) {
    let width = min(72, layout.size.columns - 4)
    let rows = form.fields.reduce(0) { $0 + 1 + note(of: $1).count.signum() }
    let refusal = form.refusal.map { DialogView.wrap($0, width - 6) } ?? []
    let box = layout.pane.centered(rows: rows + refusal.count + 6, columns: width)
    DialogView.frame(box, form.title, on: &screen)
    let labelWidth = 13
    let inputColumn = box.column + 3 + labelWidth
    var row = box.row + 2
    for (index, field) in form.fields.enumerated() {
      let isFocused = index == form.focus
      screen.put(
        field.label, row, box.column + 3, limit: labelWidth - 1, role: isFocused ? .accent : .text,
        emphasis: isFocused ? .bold : [])
      switch field.content {
      case .text(let input):
        draw(
          input, row, inputColumn, width: width - labelWidth - 6, isFocused: isFocused, on: &screen)
      case .flag(let isOn):
        let at = screen.put(
          "[\(isOn ? "x" : " ")]", row, inputColumn, emphasis: isFocused ? .reverse : [])
        screen.put(
          field.hint, row, inputColumn + at + 1, limit: width - labelWidth - 12, role: .muted)
        if isFocused { screen.cursor = Place(row: row, column: inputColumn + 1) }
      }
      row += 1
      if !note(of: field).isEmpty {
        if field.problem != nil { screen.put("!", row, inputColumn - 2, role: .danger) }
        screen.put(
          note(of: field), row, inputColumn, limit: width - labelWidth - 6, cut: .end,
          role: field.problem == nil ? .muted : .danger)
        row += 1
      }
    }
    row += 1
    for line in refusal {
      screen.put(line, row, box.column + 3, limit: width - 6, role: .danger)
      row += 1
    }
    let label = form.saving == nil ? form.saveLabel : "Saving …"
    let next = DialogView.button(
      label, box.lastRow - 2, box.column + 13, isFocused: form.focus == form.saveIndex, on: &screen)
    _ = DialogView.button(
      "Cancel", box.lastRow - 2, next, isFocused: form.focus == form.cancelIndex, on: &screen)
  }

  /// What stands below a field.
  private static func note(of field: Form.Field) -> String {
    if let problem = field.problem { return problem }
    if case .text = field.content { return field.hint }
    return ""
  }

  /// A line that is typed into, scrolled so that the cursor is in view.
  static func draw(
    _ input: TextInput, _ row: Int, _ column: Int, width: Int, isFocused: Bool,
    on screen: inout Screen
  ) {
    let room = max(1, width - 2)
    let before = Glyphs(
      String(input.characters.prefix(input.cursor)), isASCII: screen.symbols.isASCII)
    let start = max(0, before.width - room + 1)
    var skipped = 0
    var first = 0
    while skipped < start, first < input.characters.count {
      skipped += Glyphs(String(input.characters[first]), isASCII: screen.symbols.isASCII).width
      first += 1
    }
    screen.put("[", row, column)
    var at = column + 1
    for character in input.characters.dropFirst(first) {
      let glyphs = Glyphs(String(character), isASCII: screen.symbols.isASCII)
      guard at + glyphs.width <= column + 1 + room else { break }
      at += screen.put(String(character), row, at)
    }
    while at < column + 1 + room { at += screen.put("_", row, at, role: .muted) }
    screen.put("]", row, column + 1 + room)
    if isFocused {
      screen.cursor = Place(row: row, column: column + 1 + before.width - skipped)
    }
  }
}
