import GatewayKit

/// Pane 4: the backends, and how they are.
enum BackendsView {
  static func health(_ row: BackendRow, _ symbols: Symbols) -> (String, Role) {
    switch row.state {
    case "up": ("\(symbols.up) up", .ok)
    case "": (symbols.none, .muted)
    case "disabled": ("off", .muted)
    case "paused", "connecting": ("\(symbols.slow) \(row.state)", .warn)
    default: ("\(symbols.down) DOWN", .danger)
    }
  }

  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let inner = layout.pane.columns - 2
    var box = ListBox(
      rect: layout.pane,
      title: UsersView.title("Backends \(model.backends.count)", model.backendList),
      columns: [
        Column("NAME", max(12, inner - 3 - 14 - 7 - 9 - 9 - 9 - 7)), Column("STATUS", 14),
        Column("TOOLS", 6, .right), Column("LATENCY", 8, .right), Column("CALLS", 8, .right),
        Column("ERRORS", 8, .right), Column("SINCE", 6, .right),
      ], reserved: 6)
    if let why = model.gatewayAbsence { box.footer = "the gateway is not running: \(why)" }
    let symbols = screen.symbols
    box.draw(model.backendList, on: &screen) { name in
      guard let row = model.backends.first(where: { $0.name == name }) else { return [] }
      let (text, role) = health(row, symbols)
      let usage = model.usage.byBackend.first { $0.name == name }
      let none = symbols.none
      return [
        Value(name), Value(text, role), Value(row.tools.map(String.init) ?? none),
        Value(row.latency.map { "\($0)ms" } ?? none),
        Value(usage.map { Wording.grouped($0.calls) } ?? none),
        Value(usage.map { Wording.grouped($0.errors) } ?? none),
        Value(row.since.map { Wording.ago($0, model.now) } ?? none),
      ]
    }
    drawDetail(model, layout, on: &screen)
  }

  private static func drawDetail(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    guard let row = model.backends.first(where: { $0.name == model.backendList.selected }) else {
      screen.put(
        "No backends are configured: write them into gateway.json.", layout.pane.row + 3,
        layout.pane.column + 4, limit: layout.pane.columns - 6, role: .muted)
      return
    }
    let reach = model.roster.people.count { $0.user.reaches(row.name) }
    var lines: [(String, Role)] = []
    let since =
      row.since.map { " since \(Wording.second($0, zone: model.isUTC ? 0 : model.zone))" } ?? ""
    let state = row.state.isEmpty ? "not known: no gateway runs" : row.state
    lines.append(
      ("\(row.name) — \(state)\(since)", row.isUp || row.state.isEmpty ? .text : .danger))
    if let error = row.lastError { lines.append(("Last error  \(error)", .text)) }
    lines.append(
      (
        "Effect      \(Wording.count(reach, "user")) may call it\(row.isUp || row.state.isEmpty ? "" : "; they get error 1001, backend unavailable")",
        .text
      ))
    if let next = row.nextTry {
      lines.append(
        (
          "Next check  in \(Wording.short(max(0, model.now.duration(to: next).components.seconds)))",
          .text
        ))
    }
    lines.append(("In flight   \(row.inFlight)", .muted))
    for (index, line) in lines.prefix(5).enumerated() {
      screen.put(
        line.0, layout.pane.lastRow - 6 + index + 1, layout.pane.column + 2,
        limit: layout.pane.columns - 4, cut: .end, role: line.1)
    }
  }
}
