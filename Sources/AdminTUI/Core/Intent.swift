/// A change that is wanted while another is still being made. It goes out from what is then there: who presses
/// a key twice means what the first has made of it.
enum Intent: Sendable {
  /// Users, by their ids.
  case toggle([String])
  /// A rule for users, each with backends; nil for the next one in turn.
  case rule(AccessCell?, [Cells])
  case undo, redo

  struct Cells: Sendable {
    let user: String
    let backends: [String]
  }
}

extension Model {
  /// At once, or behind what is under way.
  mutating func want(_ intent: Intent) -> [Effect] {
    guard canChange() else { return [] }
    guard pending.isEmpty else {
      if waiting.count < 100 { waiting.append(intent) }
      return []
    }
    return begin(intent)
  }

  private mutating func begin(_ intent: Intent) -> [Effect] {
    switch intent {
    case .toggle(let ids): toggleEnabled(ids)
    case .rule(let rule, let cells): setAccess(rule, cells)
    case .undo: undo()
    case .redo: redo()
    }
  }

  /// What comes next once nothing is under way any more.
  mutating func goOn() -> [Effect] {
    while pending.isEmpty, !waiting.isEmpty {
      let open = dialogs.count
      let effects = begin(waiting.removeFirst())
      // A question comes before whatever was wanted behind it.
      if dialogs.count > open { waiting = [] }
      if !effects.isEmpty { return effects }
    }
    return []
  }
}
