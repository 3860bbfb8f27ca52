import GatewayKit

/// Pane 5: calls over time, by backend and by user, key or tool.
enum UsageView {
  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    drawGraph(model, layout, on: &screen)
    let top = layout.pane.row + layout.graphRows + 3
    let rows = max(3, layout.pane.lastRow - top + 1)
    // Two tables need room for their names.
    let half = layout.isNarrow ? 0 : layout.size.columns / 2
    let who = model.usageAsk.user.map { " of \($0)" } ?? ""
    if half > 0 {
      var list = ListState()
      list.show(model.usage.byBackend.map(\.name))
      table(
        "By backend\(who)", "BACKEND", Rect(row: top, column: 0, rows: rows, columns: half), model,
        model.usage.byBackend, model.backendRates, list, isSelectable: false, on: &screen)
    }
    let grouping = model.usageAsk.grouping.rawValue
    table(
      UsersView.title("By \(grouping)\(who)", model.usageList), grouping.uppercased(),
      Rect(row: top, column: half, rows: rows, columns: layout.size.columns - half), model,
      model.usage.lines, model.usageAsk.grouping == .user ? model.userRates : nil, model.usageList,
      isSelectable: true, on: &screen)
  }

  // MARK: The graph

  private static func drawGraph(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let rect = Rect(
      row: layout.pane.row, column: 0, rows: layout.graphRows + 3, columns: layout.size.columns)
    let live = model.isPaused ? "paused" : model.gatewayAbsence == nil ? "LIVE" : "as last written"
    let (unit, span, start) = scale(model.usageAsk.window)
    ListBox(
      rect: rect, title: "Calls per \(unit), all backends, \(span) — \(live)", isFocused: false
    ).drawFrame(on: &screen)
    let graph = model.usage.graph
    let room = max(1, rect.columns - 13)
    // Stretched over the whole width.
    let values = graph.isEmpty ? [] : (0..<room).map { graph[$0 * graph.count / room] }
    let peak = graph.max() ?? 0
    let rows = layout.graphRows
    for (row, text) in Sparkline.lines(values, rows: rows, isASCII: screen.symbols.isASCII)
      .enumerated()
    {
      // A peak below the number of lines would be marked twice with the same number.
      let mark = peak * (rows - row) / rows
      let isNew = row == 0 || mark != peak * (rows - row + 1) / rows
      if isNew, mark > 0 || row == rows - 1 {
        screen.put(
          Wording.grouped(mark), rect.row + 1 + row, endingAt: rect.column + 9, limit: 7,
          role: .muted)
      }
      screen.put(text, rect.row + 1 + row, rect.column + 10, role: .graph)
    }
    screen.put(start, rect.row + 1 + rows, rect.column + 10, role: .muted)
    screen.put(
      "now", rect.row + 1 + rows,
      endingAt: min(rect.lastColumn - 1, rect.column + 10 + values.count),
      limit: 3, role: .muted)
    screen.put(
      " now \(Wording.grouped(graph.last ?? 0))  peak \(Wording.grouped(peak)) ", rect.lastRow,
      endingAt: rect.lastColumn - 1, limit: 40, role: .muted)
  }

  private static func scale(
    _ window: UsageAsk.Window
  ) -> (unit: String, span: String, start: String) {
    switch window {
    case .fiveMinutes, .hour: ("minute", "last hour", "-60m")
    case .day: ("24 minutes", "last 24 hours", "-24h")
    case .all: ("day", "last 60 days", "-60d")
    }
  }

  // MARK: The tables

  private static func table(
    _ title: String, _ heading: String, _ rect: Rect, _ model: Model, _ lines: [UsageLine],
    _ rates: Rates?, _ list: ListState, isSelectable: Bool, on screen: inout Screen
  ) {
    let inner = rect.columns - 2
    let isWide = rect.columns >= 60
    let fixed = 3 + 8 + 7 + 6 + 1 + (isWide ? 8 + 9 : 0)
    let columns =
      [
        Column(heading, max(8, inner - fixed)), Column("CALLS", 7, .right),
        Column("/MIN", 5, .right),
      ]
      + (isWide ? [Column("LAST 5m", 8)] : [])
      + (isSelectable
        ? [Column("ERR", 5, .right)]
        : [Column("P50", 6, .right)] + (isWide ? [Column("P99", 7, .right)] : []))
    var box = ListBox(
      rect: rect, title: "\(title), \(model.usageAsk.window.title)", columns: columns,
      isFocused: isSelectable)
    box.isSelectable = isSelectable
    box.empty = "No calls were counted yet."
    let byName = Dictionary(lines.map { ($0.name, $0) }) { first, _ in first }
    let symbols = screen.symbols
    box.draw(list, on: &screen) { name in
      guard let line = byName[name] else { return [] }
      let rate = rates.flatMap { model.rate($0, name) }.map(Wording.grouped)
      let spark = rates.map {
        Sparkline.line($0.line(name, parts: 6), isASCII: symbols.isASCII)
      }
      return [
        Value(name.isEmpty ? "(unknown)" : name), Value(Wording.grouped(line.calls)),
        Value(rate ?? symbols.none),
      ] + (isWide ? [Value(spark ?? "", .graph)] : [])
        + (isSelectable
          ? [Value(Wording.grouped(line.errors), line.errors > 0 ? .warn : .text)]
          : [Value(Wording.milliseconds(line.p50)), Value(Wording.milliseconds(line.p99))])
    }
  }
}
