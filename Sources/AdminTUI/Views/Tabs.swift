/// The first line: where it is, the panes, how the backends are.
struct Tabs {
  private let places: [(pane: Pane, text: String, column: Int)]
  private let name: String

  init(_ model: Model) {
    let layout = Layout(model.size)
    name = layout.isWide ? " gateway  \(model.host)" : " \(model.host.prefix { $0 != "." })"
    var places: [(pane: Pane, text: String, column: Int)] = []
    var column = Glyphs(name).width + 1
    for pane in Pane.allCases {
      let isOpen = pane == model.pane
      let title = layout.isNarrow && !isOpen ? "\(pane.rawValue)" : "\(pane.rawValue) \(pane.title)"
      let text = isOpen ? "[\(title)]" : layout.isNarrow ? " \(title)" : " \(title) "
      places.append((pane, text, column))
      column += text.count
    }
    self.places = places
  }

  func draw(_ model: Model, on screen: inout Screen) {
    screen.put(name, 0, 0, limit: max(0, (places.first?.column ?? 1) - 1), role: .muted)
    for place in places {
      let isOpen = place.pane == model.pane
      screen.put(
        place.text, 0, place.column, role: isOpen ? .header : .text,
        emphasis: isOpen ? .bold : [])
      if let action = Action.allCases.first(where: { $0.pane == place.pane }) {
        screen.mark(0, place.column..<place.column + place.text.count, as: .action(action))
      }
    }
    let (text, role) = Self.health(model, screen.symbols)
    let used = (places.last.map { $0.column + $0.text.count } ?? 0) + 1
    screen.put(
      "\(model.readOnly == nil ? "" : "RO ")\(text)", 0, endingAt: screen.size.columns - 1,
      limit: max(0, screen.size.columns - 1 - used), role: role)
  }

  private static func health(_ model: Model, _ symbols: Symbols) -> (String, Role) {
    if model.trouble != nil { return ("\(symbols.down) STORE BROKEN", .danger) }
    let total = model.backends.count { $0.state != "disabled" }
    if model.gatewayAbsence != nil { return ("\(symbols.down) no gateway", .warn) }
    guard total > 0 else { return ("\(symbols.down) 0 backends", .muted) }
    let up = model.backends.count(where: \.isUp)
    let symbol = up == total ? symbols.up : up == 0 ? symbols.down : symbols.slow
    return ("\(symbol) \(up)/\(total) up", up == total ? .ok : up == 0 ? .danger : .warn)
  }
}
