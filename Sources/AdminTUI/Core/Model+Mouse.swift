import GatewayKit

/// The mouse selects, scrolls, sorts and opens; it never does what cannot be undone. What it points at is
/// what the screen says stands there.
extension Model {
  mutating func point(_ event: MouseEvent) -> [Effect] {
    defer { scroll() }
    let target = view(self).target(at: event.place)
    switch event.button {
    case .wheelUp, .wheelDown:
      if !dialogs.isEmpty { return press(event.button == .wheelUp ? .up : .down) }
      if case .row(let newBox, _)? = target, pane == .users { box = newBox }
      return perform(event.button == .wheelUp ? .up : .down)
    case .left: return target.map { click($0, event.place) } ?? []
    case .right:
      guard dialogs.isEmpty, !isFiltering else { return [] }
      if case .row? = target, let target { _ = click(target, event.place) }
      return perform(.command)
    case .middle: return []
    }
  }

  private mutating func click(_ target: Target, _ place: Place) -> [Effect] {
    defer { lastClick = (place, now) }
    let isSecond =
      lastClick.map { $0.place == place && $0.when.duration(to: now) < .milliseconds(400) } ?? false
    switch target {
    case .key(let key): return press(key)
    case .field(let index):
      guard case .form(var form)? = dialogs.last else { return [] }
      form.focus = index
      replace(.form(form))
      return index >= form.saveIndex ? press(.enter) : []
    case .action(let action): return dialogs.isEmpty && !isFiltering ? perform(action) : []
    case .sort(let column):
      guard dialogs.isEmpty else { return [] }
      var list = filtered
      list.isDescending = list.sort == column ? !list.isDescending : false
      list.sort = column
      filtered = list
      showList()
    case .row(let newBox, let id):
      guard dialogs.isEmpty, !isFiltering else { return [] }
      if pane == .users { box = newBox }
      list.select(id)
      if pane == .users, box == 0 { showDetail() }
      if isSecond { return perform(.open) }
    case .cell(let user, let index):
      guard dialogs.isEmpty, !isFiltering else { return [] }
      access.select(user)
      column = index
    }
    return []
  }
}
