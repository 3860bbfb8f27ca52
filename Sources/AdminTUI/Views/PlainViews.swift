import GatewayKit

/// Nobody is in the store yet.
enum EmptyView {
  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    ListBox(rect: layout.pane, title: "\(model.pane.title) 0").drawFrame(on: &screen)
    let lines = [
      "No users yet.", "", "Nobody can call this gateway until it has a user with a key.", "",
      "n    create the first user (a key is made along)",
      "4    look at the backends this gateway was configured with", "",
      "Store: \(model.roster.path)\(model.readOnly == nil ? "" : " (read-only)")",
    ]
    for (index, line) in lines.enumerated() {
      screen.put(
        line, layout.pane.row + 4 + index, layout.pane.column + 9,
        limit: layout.pane.columns - 11, cut: .end, role: index == 0 ? .header : .text)
    }
    screen.cursor = Place(row: layout.pane.row + 4, column: layout.pane.column + 9)
  }
}

/// The store cannot be read.
enum TroubleView {
  static func draw(
    _ trouble: StoreError, _ model: Model, _ layout: Layout, on screen: inout Screen
  ) {
    screen.clear(layout.pane)
    let width = min(72, layout.pane.columns - 2)
    let latest = model.generations.first { $0.generation != nil }
    var lines =
      DialogView.wrap("\(trouble)", width - 6) + [""]
      + DialogView.wrap(
        "Nothing was changed. A running gateway goes on with the last good copy in its memory: do not restart it before this is repaired.",
        width - 6)
    if let latest {
      lines += [
        "",
        "Last good backup  \(latest.name)   \(Wording.minute(latest.writtenAt, zone: model.zone))   \(Wording.count(latest.users, "user"))",
        "", "b compare   R restore the backup (the bad file is kept)",
      ]
    }
    lines += (latest == nil ? [""] : []) + ["r try again   q quit and repair by hand"]
    let box = layout.pane.centered(rows: lines.count + 4, columns: width)
    DialogView.frame(box, "The store cannot be read", on: &screen)
    for (index, line) in lines.enumerated() {
      screen.put(line, box.row + 2 + index, box.column + 3, limit: width - 6, cut: .end)
    }
    screen.cursor = Place(row: box.row + 2, column: box.column + 3)
  }
}

/// No pane fits.
enum TooSmallView {
  static func draw(_ model: Model, on screen: inout Screen) {
    let lines = [
      "gateway-admin: terminal too small", "",
      "Have \(model.size.columns)x\(model.size.rows). Need at least \(Layout.smallest.columns)x\(Layout.smallest.rows).",
      "Enlarge the window, or use:", "  gateway users list", "", "q quit",
    ]
    for (row, line) in lines.enumerated() { screen.put(line, row, 0) }
    screen.cursor = Place(row: 0, column: 0)
  }
}
