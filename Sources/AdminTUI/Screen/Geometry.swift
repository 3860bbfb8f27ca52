/// How large a screen is, in cells.
struct Size: Equatable, Sendable {
  var rows: Int
  var columns: Int
}

/// A cell's place, counted from the top left corner.
struct Place: Equatable, Sendable {
  var row: Int
  var column: Int
}

/// A part of the screen; empty where there is no room for it.
struct Rect: Equatable, Sendable {
  var row: Int
  var column: Int
  var rows: Int { didSet { rows = max(0, rows) } }
  var columns: Int { didSet { columns = max(0, columns) } }

  init(row: Int, column: Int, rows: Int, columns: Int) {
    (self.row, self.column) = (row, column)
    (self.rows, self.columns) = (max(0, rows), max(0, columns))
  }

  var lastRow: Int { row + rows - 1 }
  var lastColumn: Int { column + columns - 1 }

  /// Without so many cells at each side.
  func inset(rows vertical: Int = 1, columns horizontal: Int = 1) -> Rect {
    Rect(
      row: row + vertical, column: column + horizontal, rows: rows - 2 * vertical,
      columns: columns - 2 * horizontal)
  }

  func contains(_ place: Place) -> Bool {
    (row..<row + rows).contains(place.row) && (column..<column + columns).contains(place.column)
  }

  /// One of so many cells in the middle of this.
  func centered(rows wantedRows: Int, columns wantedColumns: Int) -> Rect {
    let rows = min(wantedRows, self.rows)
    let columns = min(wantedColumns, self.columns)
    return Rect(
      row: row + (self.rows - rows) / 2, column: column + (self.columns - columns) / 2, rows: rows,
      columns: columns)
  }
}
