import GatewayKit

/// Pane 5: calls a minute, by backend and by user.
enum UsageView {
  static let graphRows = 5

  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    drawGraph(model, layout, on: &screen)
    let top = layout.pane.row + graphRows + 4
    let rows = max(3, layout.pane.lastRow - top + 1)
    let half = layout.size.columns / 2
    drawTable(
      "By backend", "BACKEND", model.usage.byBackend,
      Rect(row: top, column: 0, rows: rows, columns: half),
      nil, on: &screen)
    drawTable(
      "By user", "USER", model.usage.byUser,
      Rect(row: top, column: half, rows: rows, columns: layout.size.columns - half),
      model.usageList,
      on: &screen)
  }

  private static func drawGraph(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let rect = Rect(
      row: layout.pane.row, column: 0, rows: graphRows + 4, columns: layout.size.columns)
    let live = model.gatewayAbsence == nil ? model.isPaused ? "paused" : "live" : "as last written"
    ListBox(
      rect: rect, title: "Calls per minute, all backends, last hour — \(live)", isFocused: false
    ).drawFrame(on: &screen)
    let minutes = model.usage.minutes
    let room = rect.columns - 12
    let scale = max(1, room / 60)
    let values = minutes.suffix(60).flatMap { Array(repeating: $0, count: scale) }
    let peak = minutes.max() ?? 0
    for (row, text) in Sparkline.lines(
      Array(values.suffix(room)), rows: graphRows, isASCII: screen.symbols.isASCII
    ).enumerated() {
      let mark = peak * (graphRows - row) / graphRows
      screen.put(
        "\(mark)", rect.row + 1 + row, endingAt: rect.column + 8, limit: 6, role: .muted)
      screen.put(text, rect.row + 1 + row, rect.column + 10, role: .graph)
    }
    screen.put("-60m", rect.row + 1 + graphRows, rect.column + 10, role: .muted)
    screen.put(
      "now", rect.row + 1 + graphRows,
      endingAt: min(rect.lastColumn - 1, rect.column + 10 + values.count),
      limit: 3, role: .muted)
    screen.put(
      " now \(Wording.grouped(minutes.last ?? 0))  peak \(Wording.grouped(peak)) ", rect.lastRow,
      endingAt: rect.lastColumn - 1, limit: 40, role: .muted)
  }

  private static func drawTable(
    _ title: String, _ heading: String, _ lines: [UsageLine], _ rect: Rect, _ list: ListState?,
    on screen: inout Screen
  ) {
    let inner = rect.columns - 2
    let box = ListBox(
      rect: rect, title: title,
      columns: [
        Column(heading, max(8, inner - 3 - 8 - 7 - 7)), Column("CALLS", 7, .right),
        Column("ERR", 5, .right), Column("P50", 7, .right),
      ], isFocused: list != nil)
    var shown = list ?? ListState()
    if list == nil { shown.show(lines.map(\.name)) }
    let selected = list == nil
    var plain = box
    plain.isFocused = !selected
    plain.draw(shown, on: &screen) { name in
      guard let line = lines.first(where: { $0.name == name }) else { return [] }
      return [
        Value(name), Value(Wording.grouped(line.calls)),
        Value(Wording.grouped(line.errors), line.errors > 0 ? .warn : .text),
        Value(Wording.milliseconds(line.p50)),
      ]
    }
  }
}
