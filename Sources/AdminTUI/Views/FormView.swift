/// Forms, and what is typed into.
enum FormView {
  private static let labelWidth = 13

  /// A line of the form: a field, or what stands below one.
  private enum Line {
    case field(Int)
    case note(Int)
  }

  static func draw(_ form: Form, _ model: Model, _ layout: Layout, on screen: inout Screen) {
    let width = min(72, layout.size.columns - 4)
    var lines: [Line] = []
    for (index, field) in form.fields.enumerated() where form.isUsed(field) {
      lines.append(.field(index))
      if !note(of: field).isEmpty { lines.append(.note(index)) }
    }
    let refusal = form.refusal.map { DialogView.wrap($0, width - 6) } ?? []
    let box = layout.pane.centered(rows: lines.count + refusal.count + 5, columns: width)
    DialogView.frame(box, form.title, on: &screen)
    let room = max(1, box.rows - refusal.count - 4)
    let first = firstLine(lines, form.focus, room)
    var row = box.row + (box.rows > lines.count + refusal.count + 4 ? 2 : 1)
    for line in lines.dropFirst(first).prefix(room) {
      switch line {
      case .field(let index): draw(form, index, row, box, on: &screen)
      case .note(let index): drawNote(form.fields[index], row, box, on: &screen)
      }
      row += 1
    }
    for line in refusal {
      screen.put(line, row, box.column + 3, limit: width - 6, role: .danger)
      row += 1
    }
    let label = form.saving == nil ? form.saveLabel : "Saving …"
    let next = DialogView.button(
      label, box.lastRow - 1, box.column + 3 + labelWidth, isFocused: form.focus == form.saveIndex,
      target: .field(form.saveIndex), on: &screen)
    _ = DialogView.button(
      "Cancel", box.lastRow - 1, next, isFocused: form.focus == form.cancelIndex,
      target: .field(form.cancelIndex), on: &screen)
  }

  /// So that the field that is typed into is in view, with what stands below it.
  private static func firstLine(_ lines: [Line], _ focus: Int, _ room: Int) -> Int {
    let place =
      lines.lastIndex { line in
        switch line {
        case .field(let index), .note(let index): index == focus
        }
      } ?? lines.count - 1
    return max(0, min(place - room + 1, lines.count - room))
  }

  private static func draw(
    _ form: Form, _ index: Int, _ row: Int, _ box: Rect, on screen: inout Screen
  ) {
    let field = form.fields[index]
    let isFocused = index == form.focus
    let column = box.column + 3 + labelWidth
    let width = box.columns - labelWidth - 6
    screen.mark(row, box.column + 1..<box.lastColumn, as: .field(index))
    screen.put(
      field.label, row, box.column + 3, limit: labelWidth - 1, role: isFocused ? .accent : .text,
      emphasis: isFocused ? .bold : [])
    switch field.content {
    case .text(let input):
      draw(
        input, row, column, width: min(width, input.limit + 3), isFocused: isFocused, on: &screen)
    case .flag(let isOn):
      let at = screen.put("[\(isOn ? "x" : " ")]", row, column, emphasis: isFocused ? .reverse : [])
      screen.put(field.hint, row, column + at + 1, limit: width - at - 2, role: .muted)
      if isFocused { screen.cursor = Place(row: row, column: column + 1) }
    case .choice(let names, let chosen)
    where names.reduce(0) { $0 + $1.count + 5 } - 1 > width:
      // No room for all: one at a time.
      screen.put("< \(names[chosen]) >", row, column, emphasis: isFocused ? .reverse : [])
      if isFocused { screen.cursor = Place(row: row, column: column + 2) }
    case .choice(let names, let chosen):
      var at = column
      for (place, name) in names.enumerated() {
        let isChosen = place == chosen
        if isFocused, isChosen { screen.cursor = Place(row: row, column: at + 1) }
        at += screen.put(
          "(\(isChosen ? "o" : " ")) \(name)", row, at, limit: max(0, box.lastColumn - at - 1),
          emphasis: isFocused && isChosen ? .reverse : [])
        at += 1
      }
    }
  }

  private static func drawNote(
    _ field: Form.Field, _ row: Int, _ box: Rect, on screen: inout Screen
  ) {
    let column = box.column + 3 + labelWidth
    if field.problem != nil { screen.put("!", row, column - 2, role: .danger) }
    screen.put(
      note(of: field), row, column, limit: box.columns - labelWidth - 6, cut: .end,
      role: field.problem == nil ? .muted : .danger)
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
    let isASCII = screen.symbols.isASCII
    let room = max(1, width - 2)
    let before = Glyphs(String(input.characters.prefix(input.cursor)), isASCII: isASCII)
    let start = max(0, before.width - room + 1)
    var skipped = 0
    var first = 0
    while skipped < start, first < input.characters.count {
      skipped += Glyphs(String(input.characters[first]), isASCII: isASCII).width
      first += 1
    }
    screen.put("[", row, column)
    var at = column + 1
    for character in input.characters.dropFirst(first) {
      let glyphs = Glyphs(String(character), isASCII: isASCII)
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
