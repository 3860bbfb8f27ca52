import GatewayKit

/// The keys, those of the pane first.
enum HelpView {
  private typealias Line = (key: String, title: String)

  static func draw(_ help: Help, _ model: Model, _ layout: Layout, on screen: inout Screen) {
    let box = Self.box(layout)
    DialogView.frame(box, "Help — \(model.pane.title) pane (what works here first)", on: &screen)
    let left = box.column + 3
    var row = box.row + 1
    if let search = help.search {
      screen.put("/", row, left, role: .accent)
      FormView.draw(
        search, row, left + 1, width: box.columns - 8, isFocused: true, on: &screen)
      row += 1
    } else {
      screen.cursor = Place(row: row, column: left)
    }
    let filter = Filter(help.search?.text ?? "")
    func found(_ lines: [Line]) -> [Line] {
      lines.filter { filter.matches(Array("\($0.key) \($0.title)".lowercased().utf8)) }
    }
    screen.put("Here", row, left, role: .header, emphasis: .bold)
    screen.put("Everywhere", row, left + 25, role: .header, emphasis: .bold)
    row += 1
    let room = max(1, box.lastRow - 3 - row)
    draw(
      found(here(model)).dropFirst(help.top).prefix(room), row, left, keyWidth: 7, width: 17,
      on: &screen)
    let everywhere = found(everywhere(model)).dropFirst(help.top)
    draw(everywhere.prefix(room), row, left + 25, keyWidth: 14, width: 11, on: &screen)
    if hasThirdColumn(layout) {
      draw(
        everywhere.dropFirst(room).prefix(room), row, left + 51, keyWidth: 8, width: 12, on: &screen
      )
    }
    let count = lineCount(model)
    if help.search == nil, count > Self.room(layout) {
      screen.put(
        " \(help.top + 1)-\(min(count, help.top + Self.room(layout))) of \(count) ", box.lastRow,
        endingAt: box.lastColumn - 1, limit: 30, role: .muted)
    }
    let state = "\(model.roster.path) \(model.readOnly == nil ? "read-write" : "read-only")"
    screen.put(
      "Mouse  click selects, double-click opens, wheel scrolls; Shift+drag is", box.lastRow - 3,
      left, limit: box.columns - 6, cut: .end, role: .muted)
    screen.put(
      "       your terminal's own selection; :set mouse off gives all back.", box.lastRow - 2, left,
      limit: box.columns - 6, cut: .end, role: .muted)
    screen.put(
      "gateway-admin \(GatewayVersion.text) · \(state)", box.lastRow - 1, left,
      limit: box.columns - 6, cut: .end, role: .muted)
  }

  private static func box(_ layout: Layout) -> Rect {
    layout.pane.centered(
      rows: min(22, layout.pane.rows), columns: min(76, layout.size.columns - 2))
  }

  private static func hasThirdColumn(_ layout: Layout) -> Bool { box(layout).columns >= 76 }

  /// How many lines there are below each other, and how many of them are in view.
  static func lineCount(_ model: Model) -> Int { max(here(model).count, everywhere(model).count) }

  static func room(_ layout: Layout) -> Int {
    max(1, box(layout).rows - 6) * (hasThirdColumn(layout) ? 2 : 1)
  }

  private static func here(_ model: Model) -> [Line] {
    model.keymap.actions(of: model.pane).compactMap { action -> Line? in
      model.keymap.keys(for: action, in: model.pane).first.map { ($0.name, action.title) }
    }
  }

  private static func draw(
    _ lines: some Collection<Line>, _ row: Int, _ column: Int, keyWidth: Int, width: Int,
    on screen: inout Screen
  ) {
    for (index, line) in lines.enumerated() {
      screen.put(line.key, row + index, column, limit: keyWidth - 1, cut: .end, role: .accent)
      screen.put(line.title, row + index, column + keyWidth, limit: width, cut: .end)
    }
  }

  /// The actions that every pane has, with the keys that they have now.
  private static func everywhere(_ model: Model) -> [Line] {
    let groups: [[Action]] = [
      [.up, .down], [.first, .last], [.halfDown, .halfUp], [.pageDown, .pageUp], [.left, .right],
      [.filter], [.sort, .sortReverse], [.copyCell], [.copyRow], [.export], [.mark], [.markRange],
      [.markAll], [.pause], [.nextBox], [.open], [.back], [.lastPane], [.command], [.undo], [.redo],
      [.history], [.reload], [.repaint], [.suspend], [.help], [.quit], [.interrupt],
    ]
    let panes: [Line] = [("1 … 6", "panes")]
    return panes
      + groups.map { actions in
        let keys = actions.map { action in
          model.keymap.keys(for: action, in: model.pane).map(Self.short)
        }
        // ↑ ↓ k j: a kind of key at a time.
        let count = actions.count == 1 ? 1 : 2
        let shown = (0..<count).flatMap { place in
          keys.compactMap { $0.indices.contains(place) ? $0[place] : nil }
        }
        return (shown.joined(separator: " "), actions[0].title)
      }
  }

  private static func short(_ key: Key) -> String {
    switch key {
    case .up: "↑"
    case .down: "↓"
    case .left: "←"
    case .right: "→"
    default: key.name
    }
  }
}
