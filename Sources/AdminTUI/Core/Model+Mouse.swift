/// The mouse selects, scrolls and opens; it never does what cannot be undone.
extension Model {
  mutating func point(_ event: MouseEvent) -> [Effect] {
    let layout = Layout(size)
    guard dialogs.isEmpty, !isFiltering, !layout.isTooSmall else { return [] }
    defer { scroll() }
    switch event.button {
    case .wheelUp, .wheelDown:
      if pane == .users, let target = box(at: event.place, layout) { box = target }
      return perform(event.button == .wheelUp ? .up : .down)
    case .left:
      if event.place.row == 0 { return tab(at: event.place.column) }
      return select(event.place, layout)
    case .right, .middle: return []
    }
  }

  private mutating func tab(at column: Int) -> [Effect] {
    guard let pane = Tabs(self).pane(at: column),
      let action = Action.allCases.first(where: { $0.pane == pane })
    else { return [] }
    return perform(action)
  }

  private func box(at place: Place, _ layout: Layout) -> Int? {
    guard !layout.isNarrow else { return nil }
    if layout.list.contains(place) { return 0 }
    return layout.detailKeys.contains(place) ? 1 : 2
  }

  private mutating func select(_ place: Place, _ layout: Layout) -> [Effect] {
    var first = layout.pane.row + 2
    switch pane {
    case .users:
      if let target = box(at: place, layout) { box = target }
      if box == 1 { first = layout.detailKeys.row + 1 }
      if box == 2 { first = layout.detailAccess.row + 1 }
    case .access: first = layout.pane.row + 3
    case .keys, .backends, .audit: break
    case .usage: return []
    }
    let row = list.top + place.row - first
    guard place.row >= first, list.rows.indices.contains(row) else { return [] }
    list.move(to: row)
    if pane == .users, box == 0 { showDetail() }
    return []
  }
}
