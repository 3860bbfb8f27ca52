import GatewayKit

/// Keys while something stands over the panes.
extension Model {
  mutating func press(_ key: Key, in dialog: Dialog) -> [Effect] {
    switch dialog {
    case .form(let form): return press(key, in: form)
    case .confirm(let confirm): return press(key, in: confirm)
    case .reveal(let reveal): return press(key, in: reveal)
    case .palette(let palette): return press(key, in: palette)
    case .conflict(let conflict): return press(key, in: conflict)
    case .locked(let locked): return press(key, in: locked)
    case .help(let help): press(key, in: help)
    case .history:
      if [.escape, .enter, .character("q"), .character("U")].contains(key) { dialogs.removeLast() }
    case .text(var text):
      let last = max(0, text.lines.count - 1)
      switch key {
      case .escape, .enter, .character("q"):
        dialogs.removeLast()
        return []
      case .down, .character("j"): text.top = min(text.top + 1, last)
      case .up, .character("k"): text.top = max(0, text.top - 1)
      case .pageDown, .control("d"): text.top = min(text.top + 10, last)
      case .pageUp, .control("u"): text.top = max(0, text.top - 10)
      default: break
      }
      replace(.text(text))
    }
    return []
  }

  mutating func replace(_ dialog: Dialog) { dialogs[dialogs.count - 1] = dialog }

  // MARK: Forms

  private mutating func press(_ key: Key, in old: Form) -> [Effect] {
    var form = old
    switch form.take(key) {
    case .stays: replace(.form(form))
    case .cancel: dialogs.removeLast()
    case .save: return save(form)
    }
    return []
  }

  private mutating func save(_ old: Form) -> [Effect] {
    var form = old
    let result = form.result(roster, backends.map(\.name))
    defer { if case .form? = dialogs.last { replace(.form(form)) } }
    switch result {
    case nil: return []
    case .export(let path, let text):
      dialogs.removeLast()
      return [.export(path: path, text: text)]
    case .change(let change):
      let effects = start(change, form.doneTitle, undo: form.undo)
      form.saving = lastChange
      return effects
    }
  }

  // MARK: Conflicts

  private mutating func press(_ key: Key, in conflict: Conflict) -> [Effect] {
    switch key {
    case .escape: dialogs.removeLast()
    case .character("e"): replace(.form(conflict.form))
    case .enter:
      replace(.form(conflict.form))
      return save(conflict.form)
    default: break
    }
    return []
  }

  // MARK: A locked store

  private mutating func press(_ key: Key, in locked: Locked) -> [Effect] {
    guard key == .escape else { return [] }
    dialogs.removeLast()
    pending[locked.number]?.isDiscarded = true
    return []
  }

  // MARK: Confirmation

  private mutating func press(_ key: Key, in old: Confirm) -> [Effect] {
    var confirm = old
    // A clock that is set back must not make it deaf for longer.
    guard !(.zero..<Confirm.deafTime).contains(confirm.opened.duration(to: now)) else { return [] }
    if key == .escape {
      dialogs.removeLast()
      return []
    }
    if let word = confirm.word {
      if key == .enter {
        guard confirm.typed.text == word else { return [] }
        dialogs.removeLast()
        return start(confirm.act)
      }
      if confirm.typed.take(key) { replace(.confirm(confirm)) }
      return []
    }
    if let other = confirm.other, key == .character(other.key) {
      dialogs.removeLast()
      return start(other.choice)
    }
    switch key {
    case .enter where !confirm.isActFocused: dialogs.removeLast()
    case .character("y"), .enter:
      dialogs.removeLast()
      return start(confirm.act)
    case .character("n"): dialogs.removeLast()
    case .left, .right, .tab, .backTab:
      confirm.isActFocused.toggle()
      replace(.confirm(confirm))
    case .character("E"): say(confirm.act.change.command)
    default: break
    }
    return []
  }

  // MARK: The key that is shown once

  private mutating func press(_ key: Key, in old: Reveal) -> [Effect] {
    var reveal = old
    switch key {
    case .character("y"): return [.copy(reveal.secret)]
    case .character("m"):
      reveal.isHidden.toggle()
      replace(.reveal(reveal))
    case .character("w"):
      return [.writeFile(reveal.secret, name: "\(reveal.key.username)-\(reveal.key.id)")]
    case .enter:
      if reveal.copied == nil, !reveal.isWarned {
        reveal.isWarned = true
        replace(.reveal(reveal))
      } else {
        dialogs.removeLast()
        // What was painted must not stay in the terminal's memory of this screen.
        return [.repaint, .forget(keyID: reveal.key.id)]
      }
    default: break
    }
    return []
  }

  // MARK: Help

  private mutating func press(_ key: Key, in old: Help) {
    var help = old
    guard var search = help.search else {
      let last = max(0, HelpView.lineCount(self) - HelpView.room(Layout(size)))
      switch key {
      case .escape, .enter, .character("q"), .character("?"):
        dialogs.removeLast()
        return
      case .character("/"): help = Help(search: TextInput("", limit: 40))
      case .down, .character("j"): help.top = min(help.top + 1, last)
      case .up, .character("k"): help.top = max(0, help.top - 1)
      case .pageDown, .control("d"): help.top = min(help.top + 8, last)
      case .pageUp, .control("u"): help.top = max(0, help.top - 8)
      default: break
      }
      replace(.help(help))
      return
    }
    switch key {
    case .escape: replace(.help(Help()))
    case .enter: dialogs.removeLast()
    default:
      guard search.take(key) else { return }
      replace(.help(Help(search: search)))
    }
  }

  // MARK: The palette

  private mutating func press(_ key: Key, in old: Palette) -> [Effect] {
    var palette = old
    let found = commands(matching: palette.input.text)
    switch key {
    case .escape:
      dialogs.removeLast()
      return []
    case .up where palette.index == 0:
      if let line = commandPast.step(-1) { palette.input = TextInput(line, limit: 200) }
    case .up: palette.index -= 1
    case .down: palette.index = min(palette.index + 1, max(0, found.count - 1))
    case .tab:
      if found.indices.contains(palette.index) {
        palette.input = TextInput(found[palette.index].text + " ", limit: 200)
      }
    case .enter:
      dialogs.removeLast()
      commandPast.note(palette.input.text)
      guard found.indices.contains(palette.index) else {
        say("There is no command \"\(palette.input.text)\"; ? shows what there is.")
        return []
      }
      return perform(found[palette.index])
    default:
      if palette.input.take(key) { palette.index = 0 }
    }
    replace(.palette(palette))
    return []
  }

  // MARK: A store that cannot be read

  /// - Returns: nil for a key that means what it always does.
  mutating func pressInTrouble(_ key: Key) -> [Effect]? {
    let latest = generations.first { $0.generation != nil }
    switch key {
    case .character("b"): return latest.map { [.compare($0.name)] } ?? []
    case .character("R"):
      guard canChange(), let latest else { return [] }
      return [.restore(latest.name)]
    default:
      let action = keymap.action(for: key, in: pane)
      let isHarmless =
        action?.pane != nil || [.quit, .reload, .help, .command, .lastPane].contains(action)
      return isHarmless ? nil : []
    }
  }
}
