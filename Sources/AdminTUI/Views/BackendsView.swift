import GatewayKit

/// Pane 4: the backends, and how they are.
enum BackendsView {
  static func health(_ row: BackendRow, _ symbols: Symbols) -> (String, Role) {
    switch row.state {
    case "up": ("\(symbols.up) up", .ok)
    case "": (symbols.none, .muted)
    case "disabled": ("off", .muted)
    case "paused", "connecting", "starting": ("\(symbols.slow) \(row.state)", .warn)
    default: ("\(symbols.down) DOWN", .danger)
    }
  }

  static func draw(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    let inner = layout.pane.columns - 2
    let isNarrow = layout.isNarrow
    let isWide = layout.isWide
    let fixed =
      3 + 14 + 1 + 6 + 1 + 8 + 1 + (isNarrow ? 0 : 8 + 1 + 10 + 1) + (isWide ? 13 + 8 : 0) + 6 + 1
    let columns =
      [
        Column("NAME", max(10, min(40, inner - fixed))), Column("STATUS", 14),
        Column("TOOLS", 6, .right), Column("P50", 8, .right),
      ] + (isNarrow ? [] : [Column("P99", 8, .right), Column("CALLS/MIN", 10, .right)])
      + (isWide ? [Column("LAST 5m", 12)] : []) + [Column("ERR%", 6, .right)]
      + (isWide ? [Column("USERS", 7, .right)] : [])
    var box = ListBox(
      rect: layout.pane,
      title: UsersView.title("Backends \(model.backends.count)", model.backendList),
      columns: columns, reserved: layout.backendDetailRows, hasRule: true)
    box.footer = model.gatewayAbsence.map { "gateway \($0)" } ?? "as it happens"
    box.empty = "No backends are configured: write them into gateway.json."
    let symbols = screen.symbols
    box.draw(model.backendList, on: &screen) { name in
      guard let row = model.backends.first(where: { $0.name == name }) else { return [] }
      var (text, role) = health(row, symbols)
      if let since = row.since, !row.isUp, role == .danger {
        text += " \(Wording.clock(since, zone: model.isUTC ? 0 : model.zone))"
      }
      let usage = model.usage.byBackend.first { $0.name == name }
      let none = symbols.none
      let rate = model.rate(model.backendRates, name).map(Wording.grouped) ?? none
      return [
        Value(name), Value(text, role), Value(row.tools.map(String.init) ?? none),
        Value(usage.map { Wording.milliseconds($0.p50) } ?? none),
      ]
        + (isNarrow
          ? [] : [Value(usage.map { Wording.milliseconds($0.p99) } ?? none), Value(rate)])
        + (isWide
          ? [
            Value(
              Sparkline.line(model.backendRates.line(name, parts: 12), isASCII: symbols.isASCII),
              .graph)
          ] : [])
        + [
          Value(
            usage.map { Wording.percent($0.errorPercent) } ?? none,
            errorRole(usage?.errorPercent ?? 0))
        ] + (isWide ? [Value(model.reach[name].map(Wording.grouped) ?? none)] : [])
    }
    drawDetail(model, layout, on: &screen)
  }

  /// A few errors are everyday life.
  private static func errorRole(_ percent: Double) -> Role {
    percent >= 10 ? .danger : percent >= 1 ? .warn : .text
  }

  private static func drawDetail(_ model: Model, _ layout: Layout, on screen: inout Screen) {
    guard let row = model.backends.first(where: { $0.name == model.backendList.selected }) else {
      return
    }
    let isKnown = !row.state.isEmpty
    let reach = model.reach[row.name] ?? 0
    let ago = row.since.map { since in
      " since \(Wording.second(since, zone: model.isUTC ? 0 : model.zone)) (\(Wording.ago(since, model.now)))"
    }
    var lines: [(String, Role)] = [
      (
        "\(row.name) — \(isKnown ? row.state : "not known: no gateway runs")\(ago ?? "")",
        row.isUp || !isKnown ? .header : .danger
      )
    ]
    if let error = row.lastError { lines.append(("Last error  \(error)", .text)) }
    let effect = row.isUp || !isKnown ? "" : "; they get 1001, backend unavailable"
    lines.append(("Effect      \(Wording.count(reach, "user")) may call it\(effect).", .text))
    if let next = row.nextTry {
      let left = max(0, model.now.duration(to: next).components.seconds)
      lines.append(("Next check  in \(Wording.short(left))", .text))
    }
    if isKnown {
      let latency = row.latency.map { ", last answer to the gateway in \($0) ms" } ?? ""
      lines.append(("In flight   \(row.inFlight)\(latency)", .muted))
    }
    for (index, line) in lines.prefix(layout.backendDetailRows - 1).enumerated() {
      screen.put(
        line.0, layout.pane.lastRow - layout.backendDetailRows + index + 1, layout.pane.column + 2,
        limit: layout.pane.columns - 4, cut: .end, role: line.1)
    }
  }
}
