import GatewayKit

/// Rules about backends, for a user, for a part of the matrix, and what they come to.
extension Model {
  // MARK: Which cells

  /// What the next rule is for: users, each with backends.
  var chosenCells: [(user: User, backends: [String])] {
    let names = backends.map(\.name)
    guard pane == .access, let block else {
      guard let user = person?.user, let backend = selectedBackend else { return [] }
      return [(user, [backend])]
    }
    func of(_ ids: some Sequence<String>, _ columns: ArraySlice<String>) -> [(User, [String])] {
      ids.compactMap { id in roster[id].map { ($0.user, Array(columns)) } }
    }
    switch block {
    case .row: return of([access.selected].compactMap { $0 }, names[...])
    case .column:
      return names.indices.contains(column) ? of(access.rows, names[column...column]) : []
    case .from(let user, let first):
      guard let start = access.rows.firstIndex(of: user), names.indices.contains(column),
        names.indices.contains(first)
      else { return [] }
      return of(
        access.rows[min(start, access.index)...max(start, access.index)],
        names[min(first, column)...max(first, column)])
    }
  }

  /// Whether a cell of the matrix is one of them.
  func isChosen(row: Int, column: Int) -> Bool {
    switch block {
    case nil: false
    case .row: row == access.index
    case .column: column == self.column
    case .from(let user, let first):
      access.rows.firstIndex(of: user).map { start in
        (min(start, access.index)...max(start, access.index)).contains(row)
          && (min(first, self.column)...max(first, self.column)).contains(column)
      } ?? false
    }
  }

  // MARK: Rules

  /// - Parameter rule: nil for the next one in turn.
  mutating func wantRule(_ rule: AccessCell?) -> [Effect] {
    let cells = chosenCells
    guard !cells.isEmpty else {
      say("Choose a backend first: Tab goes to the access of the user.")
      return []
    }
    return want(.rule(rule, cells.map { Intent.Cells(user: $0.user.id, backends: $0.backends) }))
  }

  mutating func setAccess(_ wanted: AccessCell?, _ wantedCells: [Intent.Cells]) -> [Effect] {
    let cells = wantedCells.compactMap { cells in
      roster[cells.user].map { (user: $0.user, backends: cells.backends) }
    }
    guard let (user, names) = cells.first else { return [] }
    let rule = wanted ?? AccessCell(user, names[0]).next
    if cells.count > 1 || names.count > 1 {
      askAboutMany(rule, cells)
      return []
    }
    let lists = user.lists(setting: rule, on: names[0])
    guard lists != (user.allowed, user.blocked) else { return [] }
    let word = rule == .open ? "back to default" : rule == .allowed ? "allowed" : "blocked"
    let choice = Confirm.Choice(
      label: "Enter Apply",
      change: .setAccess(user, allowed: lists.allowed, blocked: lists.blocked),
      done: "\(user.username): \(names[0]) \(word)", undo: .init(accessOf: user))
    if user.allowed.isEmpty, !lists.allowed.isEmpty, ask(aboutFirstAllow: user, names[0], choice) {
      return []
    }
    if lists.allowed.isEmpty, !user.allowed.isEmpty {
      ask(aboutLastAllow: user, lists.blocked, choice)
      return []
    }
    if ask(aboutLastUser: user, lists, choice) { return [] }
    return start(choice)
  }

  /// The first allow rule closes every backend that has none: said before it happens.
  private mutating func ask(
    aboutFirstAllow user: User, _ backend: String, _ choice: Confirm.Choice
  ) -> Bool {
    let others = backends.map(\.name).filter { $0 != backend && user.reaches($0) }
    guard !others.isEmpty else { return false }
    let blocking = StoreChange.setAccess(user, allowed: [], blocked: user.blocked + others)
    let state =
      user.blocked.isEmpty
      ? "has no rules, so all \(backends.count) backends are open now."
      : "has no allow rule, so all backends without a block are open now."
    dialogs.append(
      .confirm(
        Confirm(
          title: "Allow only \(backend) for \(user.username)?",
          lines: [
            "\(user.username) \(state)",
            "The first allow rule closes the other \(others.count):", "",
            "  stays open   \(backend)", "  closes       \(others.joined(separator: " "))",
          ],
          keepLabel: "Esc Cancel", act: choice,
          other: (
            "b",
            Confirm.Choice(
              label: "block the rest one by one instead", change: blocking,
              done: "\(user.username): \(Wording.count(others.count, "backend")) blocked",
              undo: .init(accessOf: user))
          ), opened: now, isActFocused: true)))
    return true
  }

  /// Without the last allow rule nothing is closed that is not blocked: said before it happens.
  private mutating func ask(
    aboutLastAllow user: User, _ blocked: [String], _ choice: Confirm.Choice
  ) {
    let rules = AccessRules(allowed: [], blocked: blocked.map(AccessEntry.init(stored:)))
    let opened = backends.map(\.name).filter { name in
      !user.reaches(name) && rules.reaches(BackendID(name))
    }
    dialogs.append(
      .confirm(
        Confirm(
          title: "Take away the last allow rule of \(user.username)?",
          lines: [
            "Without an allow rule all backends are open that are not blocked.",
            "This opens \(opened.isEmpty ? "none that was closed" : "\(opened.count)"):", "",
            "  opens        \(opened.joined(separator: " "))",
          ],
          keepLabel: "n Keep",
          act: .init(
            label: "y Open", change: choice.change, done: choice.done, undo: choice.undo),
          opened: now)))
  }

  /// Who closes a backend for the only user who reaches it hears of it.
  private mutating func ask(
    aboutLastUser user: User, _ lists: (allowed: [String], blocked: [String]),
    _ choice: Confirm.Choice
  ) -> Bool {
    let rules = AccessRules(
      allowed: lists.allowed.map(AccessEntry.init(stored:)),
      blocked: lists.blocked.map(AccessEntry.init(stored:)))
    let lost = backends.map(\.name).filter { name in
      user.isEnabled && user.reaches(name) && !rules.reaches(BackendID(name))
        && !roster.people.contains {
          $0.user.id != user.id && $0.user.isEnabled && $0.user.reaches(name)
        }
    }
    guard let name = lost.first else { return false }
    let act = Confirm.Choice(
      label: "y Block", change: choice.change, done: choice.done, undo: choice.undo)
    dialogs.append(
      .confirm(
        Confirm(
          title: "Leave \(name) without users?",
          lines: [
            "\(user.username) is the only user with access to \(lost.joined(separator: ", ")).",
            "This leaves it unreachable until somebody is let in again.",
          ],
          keepLabel: "n Keep", act: act, opened: now)))
    return true
  }

  /// What happens to each of several, before it happens; one undo takes all of it back.
  private mutating func askAboutMany(
    _ rule: AccessCell, _ cells: [(user: User, backends: [String])]
  ) {
    var changes: [StoreChange] = []
    var undo: [History.Restore] = []
    var lines: [String] = []
    for (user, names) in cells {
      var lists = (allowed: user.allowed, blocked: user.blocked)
      for name in names { lists = User.lists(lists, setting: rule, on: name) }
      guard lists != (user.allowed, user.blocked) else { continue }
      changes.append(.setAccess(user, allowed: lists.allowed, blocked: lists.blocked))
      undo.append(.init(accessOf: user))
      let rules = AccessRules(
        allowed: lists.allowed.map(AccessEntry.init(stored:)),
        blocked: lists.blocked.map(AccessEntry.init(stored:)))
      let all = backends.map(\.name)
      let before = all.count { user.reaches($0) }
      let after = all.count { rules.reaches(BackendID($0)) }
      let turn =
        lists.allowed.isEmpty == user.allowed.isEmpty
        ? "" : lists.allowed.isEmpty ? "   ! opens all without a block" : "   ! closes all others"
      lines.append("\(user.username)  reach \(before) → \(after) of \(all.count)\(turn)")
    }
    guard !changes.isEmpty else {
      return say("Nothing to change: the rules are like that already.")
    }
    let verb = rule == .open ? "Clear" : rule == .allowed ? "Allow" : "Block"
    let backends = Set(cells.flatMap(\.backends))
    let what = backends.count == 1 ? backends.first ?? "" : Wording.count(backends.count, "backend")
    dialogs.append(
      .confirm(
        Confirm(
          title: "\(verb) \(what) for \(Wording.count(changes.count, "user"))?", lines: lines,
          keepLabel: "Esc Cancel",
          act: .init(
            label: "Enter Apply", change: changes.count == 1 ? changes[0] : .group(changes),
            done: "\(what): \(verb.lowercased()) for \(Wording.count(changes.count, "user"))",
            undo: undo.count == 1 ? undo[0] : .group(undo)),
          opened: now, isActFocused: true)))
  }

  // MARK: Reach

  mutating func showReach() {
    guard let backend = selectedBackend else {
      guard let user = person?.user else { return }
      let lines = backends.map { row in
        let decision = user.decision(on: row.name)
        return "\(row.name): \(decision.isAllowed ? "yes" : "no"), \(Self.reason(decision))"
      }
      dialogs.append(.text(TextBox(title: "What \(user.username) can reach", lines: lines)))
      return
    }
    let names = roster.people.filter { $0.user.isEnabled && $0.user.reaches(backend) }.map {
      person in
      let works = person.keys.contains { $0.state(at: now) == .valid }
      return "\(person.user.username)\(works ? "" : "   (no valid key)")"
    }
    dialogs.append(
      .text(TextBox(title: "Who can reach \(backend): \(names.count)", lines: names)))
  }

  private static func reason(_ decision: Decision) -> String {
    switch decision {
    case .allow(let reason): "\(reason)"
    case .deny(let rule): "\(rule)"
    }
  }
}
