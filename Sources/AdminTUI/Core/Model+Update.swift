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
      if let until = notice?.until, now >= until { notice = nil }
      return []
    case .store(let news): return take(news)
    case .changed(let number, let outcome): return finish(number, outcome)
    case .gateway(let news):
      switch news {
      case .absent(let reason): gatewayAbsence = reason
      case .running(let rows, let sessions):
        gatewayAbsence = nil
        backends = rows
        self.sessions = sessions
      }
      showBackends()
      return []
    case .usage(let news):
      usage = news
      showUsage()
      return []
    case .audit(let rows):
      audit = rows
      showAudit()
      return []
    case .copied(let outcome):
      if case .reveal(var reveal)? = dialogs.last {
        reveal.copied = outcome
        dialogs[dialogs.count - 1] = .reveal(reveal)
      } else {
        switch outcome {
        case .sent(_, let count):
          say(
            "Sent to your terminal's clipboard (\(count) characters). Paste it somewhere to check.")
        case .unavailable(let why): say(why, isError: true)
        case .written(let path): say("Written to \(path), which only you can read.")
        }
      }
      return []
    case .cannotSuspend:
      say("Nothing to suspend to: this console is the session's first program. q quits.")
      return []
    case .end(let code): return [.quit(code)]
    }
  }

  private mutating func take(_ news: StoreNews) -> [Effect] {
    switch news {
    case .loaded(let new):
      let gone = roster[users.selected]
      roster = new
      isLoaded = true
      trouble = nil
      users.forgetMarks { new[$0] != nil }
      showUsers()
      showKeys()
      if let gone, new[gone.user.id] == nil, pending.isEmpty {
        say("\(gone.user.username) was removed by another program.")
      }
    case .unreadable(let error): trouble = error
    case .readOnly(let why): readOnly = why
    }
    scroll()
    return []
  }

  // MARK: Keys

  private mutating func press(_ key: Key) -> [Effect] {
    if notice?.isError == true { notice = nil }
    if key == .control("c") { return interrupt() }
    interrupted = nil
    if key == .control("z") { return [.suspend] }
    if key == .control("l") { return [.repaint] }
    if let dialog = dialogs.last { return press(key, in: dialog) }
    if isFiltering { return typeFilter(key) }
    defer { scroll() }
    guard let action = keymap.action(for: key, in: pane) else { return [] }
    return perform(action)
  }

  private mutating func interrupt() -> [Effect] {
    if let last = interrupted, last.duration(to: now) < .seconds(2) { return [.quit(130)] }
    interrupted = now
    isFiltering = false
    if dialogs.popLast() == nil { say("Ctrl-C again within 2 seconds quits.") }
    return []
  }

  private mutating func paste(_ text: String) -> [Effect] {
    if isFiltering {
      filterInput.insert(text)
      return applyFilter()
    }
    if case .form(var form)? = dialogs.last, form.paste(text) {
      dialogs[dialogs.count - 1] = .form(form)
      return []
    }
    if case .palette(var palette)? = dialogs.last {
      palette.input.insert(text)
      dialogs[dialogs.count - 1] = .palette(palette)
      return []
    }
    say("Pasted text ignored outside a field (\(text.count) characters).")
    return []
  }

  // MARK: The filter

  mutating func typeFilter(_ key: Key) -> [Effect] {
    switch key {
    case .enter: isFiltering = false
    case .escape:
      isFiltering = false
      filterInput = TextInput("", limit: 200)
      return applyFilter()
    case .up, .down:
      var list = list
      list.move(by: key == .up ? -1 : 1)
      self.list = list
      scroll()
    default: if filterInput.take(key) { return applyFilter() }
    }
    return []
  }

  private mutating func applyFilter() -> [Effect] {
    var list = filtered
    list.filter = Filter(filterInput.text)
    filtered = list
    if pane == .access { users.filter = list.filter }
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
    keys.scroll(showing: layout.paneRows - 1)
    access.scroll(showing: layout.paneRows - 5)
    backendList.scroll(showing: layout.paneRows - 1)
    usageList.scroll(showing: layout.usageRows)
    auditList.scroll(showing: layout.auditRows)
  }
}
