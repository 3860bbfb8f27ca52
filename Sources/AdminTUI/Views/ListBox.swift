/// A column of a list.
struct Column {
  enum Alignment {
    case left, right
  }

  let title: String
  let width: Int
  let alignment: Alignment
  /// By which number the list is sorted by it; nil where it cannot be.
  let sort: Int?

  init(_ title: String, _ width: Int, _ alignment: Alignment = .left, sort: Int? = nil) {
    self.title = title
    self.width = width
    self.alignment = alignment
    self.sort = sort
  }
}

/// What stands in a column of a row.
struct Value {
  let text: String
  var role = Role.text

  init(_ text: String, _ role: Role = .text) {
    self.text = text
    self.role = role
  }
}

/// A framed list: title, columns, rows, what is selected and marked, how far it is scrolled.
struct ListBox {
  let rect: Rect
  let title: String
  var columns: [Column] = []
  var isFocused = true
  /// Of the users pane, which box it is.
  var box = 0
  /// Without it nothing is selected there, and clicks mean nothing.
  var isSelectable = true
  var sort: (column: Int, isDescending: Bool)?
  var footer = ""
  /// What is said where nothing is in the list, and no filter hides it.
  var empty = ""
  /// Lines that are kept free at the bottom.
  var reserved = 0
  /// The first of them is a rule.
  var hasRule = false

  /// - Parameter row: the values of a row.
  func draw(_ list: ListState, on screen: inout Screen, row values: (String) -> [Value]) {
    drawFrame(on: &screen)
    let inner = rect.inset()
    var line = inner.row
    if !columns.isEmpty {
      drawHeader(on: &screen, line)
      line += 1
    }
    let count = max(0, inner.rows - (line - inner.row) - reserved)
    for id in list.visible(count) {
      draw(
        values(id), on: &screen, line, isSelected: isSelectable && id == list.selected,
        isMarked: list.marked.contains(id))
      if isSelectable {
        screen.mark(line, inner.column..<rect.lastColumn, as: .row(box: box, id: id))
      }
      line += 1
    }
    if list.rows.isEmpty, count > 0 {
      screen.put(
        list.filter.isEmpty ? empty : "Nothing matches the filter; Esc clears it.", line,
        rect.column + 4, limit: max(0, rect.columns - 6), cut: .end, role: .muted)
    }
    if hasRule {
      screen.rule(
        rect.lastRow - reserved, inner.column..<rect.lastColumn, screen.symbols.pane)
    }
    drawScrollBar(list, count, on: &screen)
    if !list.rows.isEmpty, isSelectable {
      let place = " \(list.index + 1)/\(list.rows.count) "
      screen.put(
        place, rect.lastRow, endingAt: rect.lastColumn - 1, limit: rect.columns - 4, role: .muted)
    }
  }

  func drawFrame(on screen: inout Screen) {
    screen.clear(rect)
    let role: Role = isFocused ? .borderFocus : .border
    screen.frame(rect, screen.symbols.pane, role: role, emphasis: isFocused ? .bold : [])
    screen.put(
      " \(title) ", rect.row, rect.column + 2, limit: max(0, rect.columns - 4),
      role: isFocused ? .header : .text, emphasis: isFocused ? .bold : [])
    if !footer.isEmpty {
      screen.put(
        " \(footer) ", rect.lastRow, rect.column + 2, limit: max(0, rect.columns - 16), cut: .end,
        role: .muted)
    }
  }

  private func drawHeader(on screen: inout Screen, _ line: Int) {
    var at = rect.column + 4
    for column in columns {
      var title = column.title
      if let sort, let own = column.sort {
        if sort.column == own {
          title += sort.isDescending ? screen.symbols.descending : screen.symbols.ascending
        }
        screen.mark(line, at..<at + column.width + 1, as: .sort(own))
      }
      if column.alignment == .right {
        screen.put(
          title, line, endingAt: at + column.width, limit: column.width + 1, role: .header,
          emphasis: .bold)
      } else {
        screen.put(title, line, at, limit: column.width + 1, role: .header, emphasis: .bold)
      }
      at += column.width + 1
    }
  }

  private func draw(
    _ values: [Value], on screen: inout Screen, _ line: Int, isSelected: Bool, isMarked: Bool
  ) {
    if isMarked { screen.put("*", line, rect.column + 2, role: .accent) }
    var at = rect.column + 4
    for (column, value) in zip(columns, values) {
      let room = min(column.width, rect.lastColumn - at)
      if column.alignment == .right {
        screen.put(value.text, line, endingAt: at + column.width, limit: room, role: value.role)
      } else {
        screen.put(value.text, line, at, limit: room, role: value.role)
      }
      at += column.width + 1
    }
    guard isSelected else { return }
    screen.put(">", line, rect.column + 1, role: isFocused ? .accent : .muted)
    guard isFocused else { return }
    // Only the name: what moves with each key is paid for over every slow line.
    let name = rect.column + 4..<rect.column + 4 + (columns.first?.width ?? 0)
    screen.emphasize(.reverse, line, name)
    screen.cursor = Place(row: line, column: rect.column + 1)
  }

  private func drawScrollBar(_ list: ListState, _ count: Int, on screen: inout Screen) {
    guard list.rows.count > count, count > 1 else { return }
    let length = max(1, count * count / list.rows.count)
    let start = list.top * (count - length) / max(1, list.rows.count - count)
    for row in start..<start + length {
      screen.put(
        screen.symbols.scrollBar, rect.lastRow - reserved - count + row, rect.lastColumn,
        role: .muted)
    }
  }
}
