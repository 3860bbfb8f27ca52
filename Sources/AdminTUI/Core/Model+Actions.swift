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
    case .nextBox: if pane == .users { go(toBox: (box + 1) % 3) }
    case .previousBox: if pane == .users { go(toBox: (box + 2) % 3) }
    case .open: return open()
    case .back: return back()
    case .filter:
      isFiltering = true
      filterInput = TextInput(filtered.filter.text, limit: 200)
    case .command: dialogs.append(.palette(Palette()))
    case .help: dialogs.append(.help(Help()))
    case .mark:
      if pane == .users, box == 2 { return wantRule(nil) }
      list.toggleMark()
      move { $0.move(by: 1) }
    case .markAll: list.marked.formUnion(list.rows)
    case .markRange: markRange()
    case .sort:
      filtered.sort = (filtered.sort + 1) % sortableColumns
      showList()
    case .sortReverse:
      filtered.isDescending.toggle()
      showList()
    case .copyCell: return copy { $0.first }
    case .copyRow: return copy { $0.joined(separator: "\t") }
    case .export: askWhereToExport()
    case .undo: return want(.undo)
    case .redo: return want(.redo)
    case .history:
      dialogs.append(.history)
      return [.readAudit(AuditAsk(follows: follows))]
    case .pause:
      isPaused.toggle()
      say(isPaused ? "Live data is paused; p goes on." : "Live data goes on.")
      if !isPaused { return [.reload] }
    case .reload: return [.reload]
    case .repaint: return [.repaint]
    case .suspend: return [.suspend]
    case .quit: return quit()
    case .interrupt: break
    case .newUser: if canChange() { dialogs.append(.form(.newUser(backends.map(\.name)))) }
    case .edit: edit()
    case .newKey: if canChange(), let user = userOfKey { dialogs.append(.form(.newKey(for: user))) }
    case .toggleEnabled: return want(.toggle(chosenUsers.map(\.id)))
    case .deleteUser: askToDelete()
    case .reach: showReach()
    case .revoke: askToRevoke()
    case .extend:
      if canChange(), !chosenKeys.isEmpty { dialogs.append(.form(.extend(chosenKeys))) }
    case .rotate:
      if canChange(), let key = selectedKey {
        return start(
          .rotateKey(key), "\(key.name) of \(key.username) rotated",
          advice: " The old one works for at most a day more; R ends it now.")
      }
    case .quickFilter:
      showKeys(only: QuickFilter(rawValue: quickFilter.rawValue + 1) ?? .all)
    case .cycle: return wantRule(nil)
    case .allow: return wantRule(.allowed)
    case .block: return wantRule(.blocked)
    case .standard: return wantRule(.open)
    case .wholeColumn: block = block == .column ? nil : .column
    case .wholeRow: block = block == .row ? nil : .row
    case .check: return selectedBackend.map { check([$0]) } ?? []
    case .checkAll: return check(backends.map(\.name))
    case .errors: return showErrors()
    case .window:
      usageAsk.window = UsageAsk.Window(rawValue: usageAsk.window.rawValue + 1) ?? .fiveMinutes
      return [.readUsage(usageAsk)]
    case .group:
      let all = UsageQuery.Grouping.allCases.filter { $0 != .backend }
      let place = all.firstIndex(of: usageAsk.grouping) ?? 0
      usageAsk.grouping = all[(place + 1) % all.count]
      return [.readUsage(usageAsk)]
    case .follow:
      follows.toggle()
      return [.readAudit(auditAsk)]
    case .clock: isUTC.toggle()
    }
    return []
  }

  // MARK: Going about

  mutating func go(to new: Pane) -> [Effect] {
    guard new != pane else { return [] }
    lastPane = pane
    pane = new
    isDetailShown = false
    block = nil
    switch new {
    case .keys: showKeys()
    case .access: showAccess()
    case .backends: countReach()
    default: break
    }
    switch new {
    case .audit: return [.readAudit(auditAsk)]
    case .usage, .backends: return [.readUsage(usageAsk)]
    case .users, .keys, .access: return []
    }
  }

  /// On a narrow screen the list is one page and its details are another.
  private mutating func go(toBox new: Int) {
    box = new
    if Layout(size).isNarrow { isDetailShown = new != 0 }
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

  private mutating func markRange() {
    if pane == .access {
      if block != nil {
        block = nil
      } else if let user = access.selected {
        block = .from(user: user, column: column)
      }
    } else {
      list.toggleRange()
    }
  }

  private mutating func open() -> [Effect] {
    switch pane {
    case .users: if box == 0 { go(toBox: 1) }
    case .backends: if let name = backendList.selected { return [.readTools(name)] }
    case .keys:
      if let key = selectedKey {
        users.filter = Filter("")
        showUsers()
        users.select(key.userID)
        showDetail()
        detailKeys.select(key.id)
        box = 1
      }
      return go(to: .users)
    case .usage:
      guard usageAsk.grouping == .user, usageAsk.user == nil, let user = usageList.selected else {
        return []
      }
      usageAsk.user = user
      usageAsk.grouping = .tool
      return [.readUsage(usageAsk)]
    case .access, .audit: break
    }
    return []
  }

  private mutating func back() -> [Effect] {
    if isDetailShown || box != 0, pane == .users {
      go(toBox: 0)
    } else if block != nil {
      block = nil
    } else if pane == .usage, usageAsk.user != nil {
      usageAsk.user = nil
      usageAsk.grouping = .user
      return [.readUsage(usageAsk)]
    } else if !filtered.filter.isEmpty {
      filterInput = TextInput("", limit: 200)
      return applyFilter() + (pane == .audit ? [.readAudit(auditAsk)] : [])
    } else if !list.marked.isEmpty {
      list.clearMarks()
    } else if pane == .keys, quickFilter != .all {
      showKeys(only: .all)
    }
    return []
  }

  private mutating func quit() -> [Effect] {
    let isDeep =
      pane == .users && (isDetailShown || box != 0) || pane == .usage && usageAsk.user != nil
    return isDeep ? back() : [.quit(0)]
  }

  // MARK: Copies

  /// - Parameter choose: what of the row.
  private mutating func copy(_ choose: ([String]) -> String?) -> [Effect] {
    let row = rowOfTable(list.selected).flatMap(choose)
    guard let row, !row.isEmpty else {
      say("Nothing to copy here.")
      return []
    }
    return [.copyText(row)]
  }

  private mutating func askWhereToExport() {
    let table = table
    guard !table.rows.isEmpty else { return say("Nothing to export: no rows are in view.") }
    let day = Wording.second(now, zone: zone).prefix(10)
    dialogs.append(
      .form(.export(table, to: "\(home)/gateway-\(pane.title.lowercased())-\(day).csv")))
  }

  // MARK: Changes

  mutating func canChange() -> Bool {
    guard let readOnly else { return true }
    say(readOnly, isError: true)
    return false
  }

  /// Has a change made, and remembers what would undo it.
  mutating func start(
    _ change: StoreChange, _ title: String, undo: History.Restore? = nil, advice: String = "",
    restores: History.Step? = nil
  ) -> [Effect] {
    let number = nextChange()
    pending[number] = Pending(
      change: change, title: title, undo: undo, advice: advice, started: now,
      restores: restores)
    return [.change(change, number: number)]
  }

  mutating func start(_ choice: Confirm.Choice) -> [Effect] {
    start(choice.change, choice.done, undo: choice.undo, advice: choice.advice)
  }

  // MARK: Backends

  private mutating func check(_ names: [String]) -> [Effect] {
    guard !names.isEmpty else { return [] }
    say("Asking \(names.count == 1 ? names[0] : Wording.count(names.count, "backend")) from here …")
    return [.check(names)]
  }

  private mutating func showErrors() -> [Effect] {
    guard let name = backendList.selected else { return [] }
    auditList.filter = Filter("backend:\(name) action:backend.")
    return go(to: .audit)
  }
}
