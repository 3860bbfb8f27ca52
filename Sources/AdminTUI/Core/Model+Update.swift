import GatewayKit

extension Model {
  /// The one way to change the model.
  ///
  /// - Returns: what is to be done outside.
  mutating func update(_ message: Message) -> [Effect] {
    switch message {
    case .key(let key): return press(key)
    case .paste(let text): return paste(text)
    case .mouse(let event): return point(event)
    case .resize(let size):
      self.size = size
      scroll()
      return []
    case .clock(let now, let zone):
      self.now = now
      self.zone = zone
      // Also when the clock was set back since.
      if let left = notice?.until.map(now.duration), left <= .zero || left > Notice.time {
        notice = nil
      }
      if hasRates {
        backendRates.add([:], at: now)
        userRates.add([:], at: now)
      }
      return []
    case .store(let news): return take(news)
    case .changed(let number, let outcome): return finish(number, outcome)
    case .gateway(let news):
      take(news)
      return []
    case .usage(let news):
      if !isPaused, news.ask == usageAsk { usage = news }
      showUsage()
      return []
    case .audit(let rows):
      if notice?.text == Self.searching { notice = nil }
      audit = Self.newestFirst(rows)
      showAudit()
      return []
    case .moreAudit(let rows):
      guard follows, !isPaused else { return [] }
      let wasFirst = auditList.index == 0
      // What was written while the log was read is told twice.
      let known = Set(audit.map(\.sequence))
      let new = rows.filter { !known.contains($0.sequence) }
      audit = Array(Self.newestFirst(new + audit).prefix(Self.auditLimit))
      showAudit()
      if wasFirst { auditList.move(to: 0) }
      scroll()
      return []
    case .copied(let outcome):
      take(outcome)
      return []
    case .said(let text, let isError):
      say(text, isError: isError)
      return []
    case .shown(let box):
      dialogs.append(.text(box))
      return []
    case .unconfirmed(let keys):
      if let key = keys.last {
        say(
          "Key \(key.name) of \(key.username) was shown at \(Wording.minute(key.shownAt, zone: zone)) but the session ended before you confirmed it. R revokes it.",
          isError: true)
      }
      return []
    case .background(let isLight):
      if theme == .okabe, isLight { theme = .light }
      return []
    case .cannotSuspend:
      say("Nothing to suspend to: this console is the session's first program. q quits.")
      return []
    case .end(let code): return [.quit(code)]
    }
  }

  static let auditLimit = 5000
  private static let searching = "Looking through the whole log …"

  /// By time: event loops bring their lines in batches, so numbers are not quite in its order.
  private static func newestFirst(_ rows: [AuditRow]) -> [AuditRow] {
    let start = Timestamp(microseconds: 0)
    return rows.sorted { ($0.time ?? start, $0.number) > ($1.time ?? start, $1.number) }
  }

  private mutating func take(_ news: StoreNews) -> [Effect] {
    switch news {
    case .loaded(let new, let changed):
      let gone = roster[users.selected]
      let wasLoaded = isLoaded
      roster = new
      lastFound = nil
      isLoaded = true
      trouble = nil
      users.forgetMarks { new[$0] != nil }
      keys.forgetMarks { new.key($0) != nil }
      showUsers()
      showKeys()
      countReach()
      if pending.isEmpty, wasLoaded, let gone, new[gone.user.id] == nil {
        say("\(gone.user.username) was removed by another program.")
      } else if pending.isEmpty, wasLoaded, changed > 0 {
        say(
          "\(new.path.split(separator: "/").last ?? "The store") was changed by another program (\(Wording.count(changed, "user"))). Reloaded."
        )
      }
    case .unreadable(let error):
      let isNew = trouble == nil
      trouble = error
      return isNew ? [.readGenerations] : []
    case .generations(let kept): generations = kept
    case .readOnly(let why): readOnly = why
    }
    scroll()
    return []
  }

  private mutating func take(_ news: GatewayNews) {
    switch news {
    case .absent(let reason): gatewayAbsence = reason
    case .running(let rows, let sessions):
      if gatewayAbsence != nil { listeningSince = now }
      gatewayAbsence = nil
      backends = rows
      self.sessions = sessions
    case .backend(let row):
      if let place = backends.firstIndex(where: { $0.name == row.name }) { backends[place] = row }
    case .ticks(let backends, let users):
      guard !isPaused else { return }
      backendRates.add(backends, at: now)
      userRates.add(users, at: now)
      return
    }
    showBackends()
  }

  private mutating func take(_ outcome: CopyOutcome) {
    if case .reveal(var reveal)? = dialogs.last {
      reveal.copied = outcome
      replace(.reveal(reveal))
      return
    }
    switch outcome {
    case .sent(_, let count):
      say("Sent to your terminal's clipboard (\(count) characters). Paste it somewhere to check.")
    case .unavailable(let why): say(why, isError: true)
    case .written(let path): say("Written to \(path), which only you can read.")
    }
  }

  // MARK: Keys

  mutating func press(_ key: Key) -> [Effect] {
    if notice?.isError == true { notice = nil }
    if key == .control("c") { return interrupt() }
    interrupted = nil
    if key == .control("z") { return [.suspend] }
    if key == .control("l") { return [.repaint] }
    defer { scroll() }
    if let dialog = dialogs.last { return press(key, in: dialog) }
    if isFiltering { return typeFilter(key) }
    if isTroubled, let effects = pressInTrouble(key) { return effects }
    guard let action = keymap.action(for: key, in: pane) else { return [] }
    return perform(action)
  }

  private mutating func interrupt() -> [Effect] {
    if let last = interrupted, last.duration(to: now) < .seconds(2) { return [.quit(130)] }
    interrupted = now
    isFiltering = false
    switch dialogs.last {
    case nil: say("Ctrl-C again within 2 seconds quits.")
    // It goes by Enter only: what is lost with it is lost for good.
    case .reveal: break
    default: dialogs.removeLast()
    }
    return []
  }

  private mutating func paste(_ text: String) -> [Effect] {
    if isFiltering {
      filterInput.insert(text)
      return applyFilter()
    }
    switch dialogs.last {
    case .form(var form):
      guard form.paste(text) else { break }
      replace(.form(form))
      return []
    case .palette(var palette):
      palette.input.insert(text)
      replace(.palette(palette))
      return []
    default: break
    }
    say("Pasted text ignored outside a field (\(text.count) characters).")
    return []
  }

  // MARK: The filter

  mutating func typeFilter(_ key: Key) -> [Effect] {
    switch key {
    case .enter:
      isFiltering = false
      filterPast.note(filterInput.text)
      if pane == .audit {
        if !auditList.filter.isEmpty { say(Self.searching) }
        return [.readAudit(auditAsk)]
      }
    case .escape:
      isFiltering = false
      filterPast.note("")
      filterInput = TextInput("", limit: 200)
      return applyFilter() + (pane == .audit ? [.readAudit(auditAsk)] : [])
    case .up, .down:
      guard let line = filterPast.step(key == .up ? -1 : 1) else { return [] }
      filterInput = TextInput(line, limit: 200)
      return applyFilter()
    default: if filterInput.take(key) { return applyFilter() }
    }
    return []
  }

  var auditAsk: AuditAsk { AuditAsk(filter: auditList.filter.text, follows: follows) }

  mutating func applyFilter() -> [Effect] {
    let filter = Filter(filterInput.text)
    if pane == .access { users.filter = filter } else { filtered.filter = filter }
    showList()
    scroll()
    return []
  }

  // MARK: What is in view

  mutating func scroll() {
    let layout = Layout(size)
    users.scroll(showing: layout.userRows)
    detailKeys.scroll(showing: layout.detailKeyRows)
    detailAccess.scroll(showing: layout.detailAccessRows)
    keys.scroll(showing: layout.keyRows)
    access.scroll(showing: layout.accessRows)
    backendList.scroll(showing: layout.backendRows)
    usageList.scroll(showing: layout.usageRows)
    auditList.scroll(showing: layout.auditRows)
  }
}
