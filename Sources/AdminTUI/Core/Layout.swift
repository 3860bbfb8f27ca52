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

  /// Between the tabs and the last line.
  var pane: Rect { Rect(row: 1, column: 0, rows: size.rows - 2, columns: size.columns) }

  var list: Rect {
    var rect = pane
    if !isNarrow { rect.columns = isWide ? 72 : 46 }
    return rect
  }

  var detail: Rect {
    guard !isNarrow else { return pane }
    var rect = pane
    rect.column = list.columns
    rect.columns = size.columns - list.columns
    return rect
  }

  /// On top of the detail; who the user is stands in it below the keys, or above them where there is
  /// room.
  var detailKeys: Rect {
    var rect = detail
    rect.rows = min(rect.rows - 6, max(8, rect.rows / 2))
    return rect
  }

  var detailAccess: Rect {
    var rect = detail
    rect.row = detailKeys.row + detailKeys.rows
    rect.rows = detail.rows - detailKeys.rows
    return rect
  }

  /// Lines about the user at the bottom of the box of keys.
  static let aboutRows = 2

  var paneRows: Int { pane.rows - 2 }
  var userRows: Int { list.rows - 3 }
  var detailKeyRows: Int { max(1, detailKeys.rows - 3 - Self.aboutRows) }
  var detailAccessRows: Int { max(1, detailAccess.rows - 4) }
  var usageRows: Int { max(1, pane.rows - 13) }
  var auditRows: Int { max(1, paneRows - 1 - auditDetailRows) }
  var auditDetailRows: Int { min(10, paneRows / 2) }
}
