/// What the terminal is to show: cells, and where its cursor stands.
///
/// Drawing outside is cut off, so a view need not know whether it fits.
struct Screen: Equatable, Sendable {
  let size: Size
  let symbols: Symbols
  private(set) var cells: [Cell]
  /// Always on what is selected or typed into: screen readers and input methods go by it.
  var cursor: Place?
  /// What stands where; the last that was put somewhere is on top.
  private(set) var targets: [(row: Int, columns: Range<Int>, target: Target)] = []

  init(_ size: Size, symbols: Symbols = .unicode) {
    self.size = size
    self.symbols = symbols
    cells = Array(repeating: .blank, count: max(0, size.rows) * max(0, size.columns))
  }

  static func == (left: Screen, right: Screen) -> Bool {
    left.size == right.size && left.cursor == right.cursor && left.cells == right.cells
  }

  var area: Rect { Rect(row: 0, column: 0, rows: size.rows, columns: size.columns) }

  subscript(row: Int, column: Int) -> Cell? {
    guard (0..<size.rows).contains(row), (0..<size.columns).contains(column) else { return nil }
    return cells[row * size.columns + column]
  }

  // MARK: Drawing

  /// Writes text in one line.
  ///
  /// - Parameters:
  ///   - limit: the most columns.
  ///   - cut: what is left out of a longer one.
  ///   - role: what the text is. Characters that stand for hidden ones are danger, whatever it is.
  /// - Returns: how many columns it took.
  @discardableResult
  mutating func put(
    _ text: String, _ row: Int, _ column: Int, limit: Int = .max, cut: Glyphs.Cut = .middle,
    role: Role = .text, emphasis: Emphasis = []
  ) -> Int {
    let glyphs = Glyphs(symbols.spelled(text), isASCII: symbols.isASCII)
    let items =
      glyphs.width > limit ? glyphs.cut(to: limit, cut, isASCII: symbols.isASCII) : glyphs.items
    var at = column
    for (glyph, isWarning) in items {
      let cell = Cell(glyph: glyph, role: isWarning ? .danger : role, emphasis: emphasis)
      set(cell, row, at)
      at += Int(glyph.width)
    }
    return at - column
  }

  /// The same, ending before `end`.
  mutating func put(
    _ text: String, _ row: Int, endingAt end: Int, limit: Int, role: Role = .text,
    emphasis: Emphasis = []
  ) {
    let width = min(limit, Glyphs(symbols.spelled(text), isASCII: symbols.isASCII).width)
    put(text, row, end - width, limit: limit, role: role, emphasis: emphasis)
  }

  private mutating func set(_ cell: Cell, _ row: Int, _ column: Int) {
    let width = Int(cell.glyph.width)
    guard (0..<size.rows).contains(row), column >= 0, column + width <= size.columns else { return }
    let index = row * size.columns + column
    clearHalves(around: index, width: width, row)
    cells[index] = cell
    if width == 2 {
      cells[index + 1] = Cell(glyph: .rest, role: cell.role, emphasis: cell.emphasis)
    }
  }

  /// Half of a wide glyph that is written over is nothing.
  private mutating func clearHalves(around index: Int, width: Int, _ row: Int) {
    if cells[index].glyph.width == 0, index > row * size.columns { cells[index - 1].glyph = .space }
    let next = index + width
    if next < (row + 1) * size.columns, cells[next].glyph.width == 0 { cells[next].glyph = .space }
  }

  /// Makes a part blank.
  mutating func clear(_ rect: Rect) {
    let columns = max(0, rect.column)..<min(size.columns, rect.column + rect.columns)
    guard !columns.isEmpty else { return }
    for row in max(0, rect.row)..<max(0, rect.row, min(size.rows, rect.row + rect.rows)) {
      // Wide glyphs may stand over the edges.
      set(.blank, row, columns.lowerBound)
      set(.blank, row, columns.upperBound - 1)
      let start = row * size.columns
      for index in start + columns.lowerBound..<start + columns.upperBound { cells[index] = .blank }
    }
  }

  /// Makes what stands in a line stand out.
  mutating func emphasize(_ emphasis: Emphasis, _ row: Int, _ columns: Range<Int>) {
    guard (0..<size.rows).contains(row) else { return }
    for column in columns.clamped(to: 0..<size.columns) {
      cells[row * size.columns + column].emphasis.formUnion(emphasis)
    }
  }

  /// Draws a line.
  mutating func rule(
    _ row: Int, _ columns: Range<Int>, _ lines: Symbols.Lines, role: Role = .border,
    emphasis: Emphasis = []
  ) {
    let cell = Cell(glyph: Glyphs(lines.horizontal).first, role: role, emphasis: emphasis)
    for column in columns { set(cell, row, column) }
  }

  /// Draws a box around a part.
  mutating func frame(
    _ rect: Rect, _ lines: Symbols.Lines, role: Role = .border, emphasis: Emphasis = []
  ) {
    guard rect.rows > 1, rect.columns > 1 else { return }
    let horizontal = rect.column + 1..<rect.lastColumn
    rule(rect.row, horizontal, lines, role: role, emphasis: emphasis)
    rule(rect.lastRow, horizontal, lines, role: role, emphasis: emphasis)
    let side = Cell(glyph: Glyphs(lines.vertical).first, role: role, emphasis: emphasis)
    for row in rect.row + 1..<rect.lastRow {
      set(side, row, rect.column)
      set(side, row, rect.lastColumn)
    }
    put(lines.topLeft, rect.row, rect.column, role: role, emphasis: emphasis)
    put(lines.topRight, rect.row, rect.lastColumn, role: role, emphasis: emphasis)
    put(lines.bottomLeft, rect.lastRow, rect.column, role: role, emphasis: emphasis)
    put(lines.bottomRight, rect.lastRow, rect.lastColumn, role: role, emphasis: emphasis)
  }

  // MARK: Clicks

  mutating func mark(_ row: Int, _ columns: Range<Int>, as target: Target) {
    targets.append((row, columns, target))
  }

  /// Nothing below is there any more for the mouse.
  mutating func clearTargets() { targets = [] }

  func target(at place: Place) -> Target? {
    targets.last { $0.row == place.row && $0.columns.contains(place.column) }?.target
  }

  // MARK: Reading

  /// A line as text.
  func text(ofRow row: Int) -> String {
    guard (0..<size.rows).contains(row) else { return "" }
    return cells[row * size.columns..<(row + 1) * size.columns].map(\.glyph.text).joined()
  }

  /// All lines, without what is blank at their ends.
  var text: String {
    (0..<size.rows).map { row in
      var line = text(ofRow: row)
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// The roles, a letter a cell; upper case where it is reversed.
  var roles: String {
    (0..<size.rows).map { row in
      let letters = cells[row * size.columns..<(row + 1) * size.columns].map { cell in
        let letter = cell.glyph == .space && cell.role == .text ? " " : cell.role.letter
        return cell.emphasis.contains(.reverse)
          ? (letter == " " ? "_" : Character(letter.uppercased())) : letter
      }
      var line = String(letters)
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
