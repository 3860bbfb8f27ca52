/// Where the boxes of the panes are, from the terminal's size alone.
struct Layout: Equatable, Sendable {
  let size: Size

  init(_ size: Size) { self.size = size }

  static let smallest = Size(rows: 15, columns: 60)

  var isTooSmall: Bool {
    size.rows < Self.smallest.rows || size.columns < Self.smallest.columns
  }

  /// One column: the detail takes the place of the list.
  var isNarrow: Bool { size.columns < 80 }
  var isWide: Bool { size.columns >= 100 }
  /// There is room for a box of its own about the user.
  var isTall: Bool { isWide && size.rows >= 34 }

  /// Between the tabs and the last line.
  var pane: Rect { Rect(row: 1, column: 0, rows: size.rows - 2, columns: size.columns) }

  // MARK: Users

  var list: Rect {
    var rect = pane
    if !isNarrow { rect.columns = isWide ? size.columns / 2 + 2 : 46 }
    return rect
  }

  var detail: Rect {
    guard !isNarrow else { return pane }
    var rect = pane
    rect.column = list.columns
    rect.columns = size.columns - list.columns
    return rect
  }

  /// Who the user is; nothing where that stands below the keys.
  var detailAbout: Rect {
    var rect = detail
    rect.rows = isTall ? 8 : 0
    return rect
  }

  var detailKeys: Rect {
    var rect = detail
    rect.row += detailAbout.rows
    let rest = detail.rows - detailAbout.rows
    rect.rows = isTall ? rest / 2 - 2 : min(rest - 6, max(8, rest * 2 / 5))
    return rect
  }

  var detailAccess: Rect {
    var rect = detail
    rect.row = detailKeys.row + detailKeys.rows
    rect.rows = detail.row + detail.rows - rect.row
    return rect
  }

  /// Lines about the user at the bottom of the box of keys.
  var aboutRows: Int { isTall ? 0 : 2 }
  /// Lines that say what the marks of the box of access mean.
  var legendRows: Int { isTall ? 3 : detailAccess.rows >= 12 ? 2 : 1 }

  var userRows: Int { list.rows - 3 }
  var detailKeyRows: Int { max(1, detailKeys.rows - 3 - aboutRows) }
  var detailAccessRows: Int { max(1, detailAccess.rows - 3 - legendRows) }

  // MARK: The other panes

  var paneRows: Int { pane.rows - 2 }
  /// Behind the heading, and before the line that sums up.
  var keyRows: Int { max(1, paneRows - 2) }
  /// Behind names and health, and before the legend and what the cell means.
  var accessRows: Int { max(1, paneRows - 5) }
  var backendDetailRows: Int { min(7, paneRows / 2) }
  var backendRows: Int { max(1, paneRows - 1 - backendDetailRows) }
  var graphRows: Int { size.rows < 20 ? 2 : isTall ? 8 : 5 }
  var usageRows: Int { max(1, pane.rows - graphRows - 4 - 3) }
  var auditDetailRows: Int { min(isTall ? 14 : 10, paneRows / 2) }
  var auditRows: Int { max(1, paneRows - 1 - auditDetailRows) }
}
