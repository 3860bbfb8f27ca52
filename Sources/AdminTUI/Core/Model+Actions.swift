import GatewayKit

/// What keys, the palette and the mouse ask for.
extension Model {
  mutating func perform(_ action: Action) -> [Effect] {
    switch action {
    case .paneUsers, .paneKeys, .paneAccess, .paneBackends, .paneUsage, .paneAudit:
      if let pane = action.pane { return go(to: pane) }
    case .lastPane: return go(to: lastPane)
    case .up: move { $0.move(by: -1) }
    case .down: move { $0.move(by: 1) }
    case .first: move { $0.move(to: 0) }
    case .last: move { $0.move(to: $0.rows.count - 1) }
    case .pageUp: move { [page] in $0.move(by: -page) }
    case .pageDown: move { [page] in $0.move(by: page) }
    case .halfUp: move { [page] in $0.move(by: -page / 2) }
    case .halfDown: move { [page] in $0.move(by: page / 2) }
    case .left: column = max(0, column - 1)
    case .right: column = max(0, min(column + 1, backends.count - 1))
    case .nextBox: if pane == .users { box = (box + 1) % 3 }
    case .previousBox: if pane == .users { box = (box + 2) % 3 }
    case .open: return open()
    case .back: back()
    case .filter:
      isFiltering = true
      filterInput = TextInput(filtered.filter.text, limit: 200)
    case .command: dialogs.append(.palette(Palette()))
    case .help: dialogs.append(.help)
    case .mark:
      if pane == .users, box == 2 { return cycleAccess() }
      list.toggleMark()
      move { $0.move(by: 1) }
    case .markAll: list.marked.formUnion(list.rows)
    case .markRange: say("Ranges are marked with Space, row by row.")
    case .sort:
      filtered.sort = (filtered.sort + 1) % sortableColumns
      showList()
    case .sortReverse:
      filtered.isDescending.toggle()
      showList()
    case .copyCell, .copyRow: return copyRow()
    case .export: say("Export is in the gateway command: gateway users list --json")
    case .undo: return undo()
    case .redo: return redo()
    case .history: dialogs.append(.history)
    case .pause:
      isPaused.toggle()
      say(isPaused ? "Live data is paused; p goes on." : "Live data goes on.")
    case .reload: return [.reload]
    case .repaint: return [.repaint]
    case .suspend: return [.suspend]
    case .quit: return quit()
    case .interrupt: break
    case .newUser: if canChange() { dialogs.append(.form(.newUser())) }
    case .edit: edit()
    case .newKey: if canChange(), let user = userOfKey { dialogs.append(.form(.newKey(for: user))) }
    case .toggleEnabled: return toggleEnabled()
    case .deleteUser: askToDelete()
    case .reach: showReach()
    case .revoke: askToRevoke()
    case .extend:
      if canChange(), let key = selectedKey { dialogs.append(.form(.extend(key))) }
    case .rotate:
      if canChange(), let key = selectedKey {
        return start(.rotateKey(key), "Rotate \(key.name) of \(key.username)")
      }
    case .quickFilter:
      quickFilter = QuickFilter(rawValue: quickFilter.rawValue + 1) ?? .all
      showKeys()
    case .cycle: return cycleAccess()
    case .allow: return setAccess(.allowed)
    case .block: return setAccess(.blocked)
    case .standard: return setAccess(.open)
    case .check: return [.reload]
    case .window, .group: say("Usage is shown for the last hour; gateway usage has the rest.")
    case .follow: follows.toggle()
    case .clock: isUTC.toggle()
    }
    return []
  }

  // MARK: Going about

  private mutating func go(to new: Pane) -> [Effect] {
    guard new != pane else { return [] }
    lastPane = pane
    pane = new
    isDetailShown = false
    if new == .audit { return [.readAudit] }
    return []
  }

  private var page: Int {
    let layout = Layout(size)
    return max(1, pane == .users ? layout.userRows : layout.paneRows - 2)
  }

  private mutating func move(_ change: (inout ListState) -> Void) {
    var list = list
    change(&list)
    self.list = list
    if pane == .users, box == 0 { showDetail() }
  }

  private mutating func open() -> [Effect] {
    switch pane {
    case .users:
      if Layout(size).isNarrow { isDetailShown = true }
      box = box == 0 ? 1 : box
    case .backends:
      if let row = backends.first(where: { $0.name == backendList.selected }) {
        dialogs.append(
          .text(
            title: row.name,
            lines: [
              "state    \(row.state.isEmpty ? "not known: the gateway is not running" : row.state)",
              "tools    \(row.tools.map(String.init) ?? "—")",
              "latency  \(row.latency.map { "\($0) ms" } ?? "—")",
              "error    \(row.lastError ?? "—")", "",
              "gateway backends tools \(row.name) lists its tools.",
            ], top: 0))
      }
    case .keys:
      if let key = selectedKey { users.select(key.userID) }
      return go(to: .users)
    default: break
    }
    return []
  }

  private mutating func back() {
    if isDetailShown {
      isDetailShown = false
      box = 0
    } else if box != 0 {
      box = 0
    } else if !filtered.filter.isEmpty {
      filtered.filter = Filter("")
      showList()
    } else {
      list.marked = []
    }
  }

  private mutating func quit() -> [Effect] {
    guard pane == .users, isDetailShown || box != 0 else { return [.quit(0)] }
    back()
    return []
  }

  private mutating func copyRow() -> [Effect] {
    switch pane {
    case .users: return person.map { [.copyText($0.user.username)] } ?? []
    case .keys: return selectedKey.map { [.copyText($0.id)] } ?? []
    case .access: return person.map { [.copyText($0.user.username)] } ?? []
    case .backends: return backendList.selected.map { [.copyText($0)] } ?? []
    case .usage: return usageList.selected.map { [.copyText($0)] } ?? []
    case .audit:
      guard let row = audit.first(where: { $0.sequence == auditList.selected }) else { return [] }
      return [.copyText(row.details.map { "\($0.name)=\($0.value)" }.joined(separator: " "))]
    }
  }

  // MARK: Changes

  private mutating func canChange() -> Bool {
    guard let readOnly else { return true }
    say(readOnly, isError: true)
    return false
  }

  private var userOfKey: User? {
    if pane == .keys { return selectedKey.flatMap { roster[$0.userID]?.user } }
    return person?.user
  }

  /// Has a change made, and remembers what would undo it.
  mutating func start(
    _ change: StoreChange, _ title: String, undo: History.Restore? = nil, isHistory: Bool = true
  ) -> [Effect] {
    let number = nextChange()
    pending[number] = Pending(change: change, title: title, undo: undo, isHistory: isHistory)
    return [.change(change, number: number)]
  }

  private mutating func edit() {
    guard canChange() else { return }
    if pane == .keys || pane == .users && box == 1 {
      if let key = selectedKey { dialogs.append(.form(.rename(key))) }
    } else if let user = person?.user {
      dialogs.append(.form(.edit(user)))
    }
  }

  private mutating func toggleEnabled() -> [Effect] {
    guard canChange() else { return [] }
    let people = markedPeople
    return people.flatMap { user in
      start(
        .setEnabled(user, !user.isEnabled),
        "\(user.username): \(user.isEnabled ? "disabled" : "enabled")",
        undo: .enabled(user: user.username, user.isEnabled))
    }
  }

  /// Those that are marked, else the one that is selected.
  private var markedPeople: [User] {
    let marked = users.rows.filter(users.marked.contains)
    if pane == .users, !marked.isEmpty { return marked.compactMap { roster[$0]?.user } }
    return person.map { [$0.user] } ?? []
  }

  private mutating func askToDelete() {
    guard canChange(), let person, pane == .users else { return }
    let name = person.user.username
    let rules = person.user.allowed.count + person.user.blocked.count
    dialogs.append(
      .confirm(
        Confirm(
          title: "Delete user \(name)?",
          lines: [
            "This removes the account, \(Wording.count(person.keys.count, "key")) and "
              + "\(Wording.count(rules, "access rule")). The audit log keeps its entries.", "",
            "It cannot be undone. To only stop access press Esc, then x (disable): that can be undone.",
          ],
          keepLabel: "Keep", actLabel: "Delete", change: .deleteUser(name), word: name, opened: now)
      ))
  }

  private mutating func askToRevoke() {
    guard canChange(), let key = selectedKey else {
      if readOnly == nil { say("Choose a key first: Tab goes to the keys of the user.") }
      return
    }
    guard !key.isRevoked else { return say("\(key.name) of \(key.username) is revoked already.") }
    let use = usage.uses[key.id]
    let used =
      use.map { "last \(Wording.ago($0.lastUsed, now)) ago from \($0.address)" }
      ?? "never, as far as was counted"
    dialogs.append(
      .confirm(
        Confirm(
          title: "Revoke key?",
          lines: [
            "Key      \(key.name)   (\(key.id))", "Owner    \(key.username)", "Used     \(used)",
            "",
            "Clients using this key fail with 401 from the next call.",
            "A revoked key cannot be restored; generate a new one instead.",
          ],
          keepLabel: "n Keep it", actLabel: "y Revoke", change: .revokeKeys([key]), opened: now)))
  }

  private mutating func showReach() {
    guard let backend = selectedBackend else {
      guard let user = person?.user else { return }
      let lines = backends.map { row in
        "\(row.name): \(user.decision(on: row.name).isAllowed ? "yes" : "no"), \(Self.reason(user.decision(on: row.name)))"
      }
      dialogs.append(.text(title: "What \(user.username) can reach", lines: lines, top: 0))
      return
    }
    let names = roster.people.filter { $0.user.reaches(backend) }.map { person in
      let works = person.keys.contains { $0.state(at: now) == .valid }
      return "\(person.user.username)\(works ? "" : "   (no valid key)")"
    }
    dialogs.append(
      .text(title: "Who can reach \(backend): \(names.count)", lines: names, top: 0))
  }

  private static func reason(_ decision: Decision) -> String {
    switch decision {
    case .allow(let reason): "\(reason)"
    case .deny(let rule): "\(rule)"
    }
  }

  // MARK: Access

  private mutating func cycleAccess() -> [Effect] {
    guard let user = person?.user, let backend = selectedBackend else { return [] }
    switch AccessCell(user, backend) {
    case .open, .closed: return setAccess(.allowed)
    case .allowed: return setAccess(.blocked)
    case .blocked, .partial: return setAccess(.open)
    }
  }

  private mutating func setAccess(_ rule: AccessCell) -> [Effect] {
    guard canChange() else { return [] }
    guard let user = person?.user, let backend = selectedBackend else {
      say("Choose a backend first: Tab goes to the access of the user.")
      return []
    }
    let lists = user.lists(setting: rule, on: backend)
    guard lists != (user.allowed, user.blocked) else { return [] }
    let change = StoreChange.setAccess(user, allowed: lists.allowed, blocked: lists.blocked)
    if user.allowed.isEmpty, !lists.allowed.isEmpty, backends.count > 1 {
      askAboutFirstAllow(user, backend, change)
      return []
    }
    return start(
      change,
      "\(user.username): \(backend) \(rule == .open ? "back to default" : rule == .allowed ? "allowed" : "blocked")",
      undo: .access(user: user.username, allowed: user.allowed, blocked: user.blocked))
  }

  /// The first allow rule closes every backend that has none: said before it happens.
  private mutating func askAboutFirstAllow(_ user: User, _ backend: String, _ change: StoreChange) {
    let others = backends.map(\.name).filter { $0 != backend && user.reaches($0) }
    guard !others.isEmpty else { return }
    dialogs.append(
      .confirm(
        Confirm(
          title: "Allow only \(backend) for \(user.username)?",
          lines: [
            "\(user.username) has no allow rule, so all backends without a block are open now.",
            "The first allow rule closes the other \(others.count):", "",
            "  stays open   \(backend)", "  closes       \(others.joined(separator: " "))",
          ],
          keepLabel: "Esc Cancel", actLabel: "Enter Apply", change: change, opened: now,
          isActFocused: true)))
  }

  // MARK: Undo

  mutating func undo() -> [Effect] {
    guard canChange() else { return [] }
    var history = history
    guard let (entry, state) = history.takeUndo(redo: { current(like: $0) }) else {
      if let last = self.history.done.last {
        say("Cannot undo \"\(last.title)\": it stays.")
      } else {
        say("Nothing to undo in this session.")
      }
      return []
    }
    self.history = history
    return restore(state, "Undone: \(entry.title)")
  }

  mutating func redo() -> [Effect] {
    guard canChange() else { return [] }
    guard let (entry, state) = history.takeRedo() else {
      say("Nothing to redo.")
      return []
    }
    return restore(state, "Redone: \(entry.title)")
  }

  /// The present state of what a kept state is about.
  private func current(like state: History.Restore) -> History.Restore? {
    switch state {
    case .enabled(let name, _):
      roster.person(named: name).map { .enabled(user: name, $0.user.isEnabled) }
    case .access(let name, _, _):
      roster.person(named: name).map {
        .access(user: name, allowed: $0.user.allowed, blocked: $0.user.blocked)
      }
    case .keyName(let id, _): key(id).map { .keyName(id: id, $0.name) }
    case .profile(let name, _, _):
      roster.person(named: name).map {
        .profile(user: name, email: $0.user.email, description: $0.user.description)
      }
    }
  }

  private mutating func restore(_ state: History.Restore, _ title: String) -> [Effect] {
    switch state {
    case .enabled(let name, let isOn):
      guard let user = roster.person(named: name)?.user else { return [] }
      return start(.setEnabled(user, isOn), title, isHistory: false)
    case .access(let name, let allowed, let blocked):
      guard let user = roster.person(named: name)?.user else { return [] }
      return start(
        .setAccess(user, allowed: allowed, blocked: blocked), title, isHistory: false)
    case .keyName(let id, let name):
      guard let key = key(id) else { return [] }
      return start(.renameKey(key, to: name), title, isHistory: false)
    case .profile(let name, let email, let description):
      guard let user = roster.person(named: name)?.user else { return [] }
      return start(
        .editUser(user, email: email, description: description, isEnabled: user.isEnabled), title,
        isHistory: false)
    }
  }
}
