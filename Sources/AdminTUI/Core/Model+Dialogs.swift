import GatewayKit

/// Keys while something stands over the panes, and what became of changes.
extension Model {
  mutating func press(_ key: Key, in dialog: Dialog) -> [Effect] {
    switch dialog {
    case .form(let form): return press(key, in: form)
    case .confirm(let confirm): return press(key, in: confirm)
    case .reveal(let reveal): return press(key, in: reveal)
    case .palette(let palette): return press(key, in: palette)
    case .help, .history:
      if [.escape, .enter, .character("q"), .character("?")].contains(key) { dialogs.removeLast() }
    case .text(let title, let lines, let top):
      switch key {
      case .escape, .enter, .character("q"): dialogs.removeLast()
      case .down, .character("j"):
        replace(.text(title: title, lines: lines, top: min(top + 1, max(0, lines.count - 1))))
      case .up, .character("k"): replace(.text(title: title, lines: lines, top: max(0, top - 1)))
      default: break
      }
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
    case .save:
      guard let change = form.check() else {
        replace(.form(form))
        return []
      }
      let effects = start(change, form.doneTitle, undo: form.undo)
      form.saving = lastChange
      replace(.form(form))
      return effects
    }
    return []
  }

  // MARK: Confirmation

  private mutating func press(_ key: Key, in old: Confirm) -> [Effect] {
    var confirm = old
    guard confirm.opened.duration(to: now) >= Confirm.deafTime else { return [] }
    if key == .escape {
      dialogs.removeLast()
      return []
    }
    if let word = confirm.word {
      if key == .enter {
        guard confirm.typed.text == word else { return [] }
        return act(confirm)
      }
      if confirm.typed.take(key) { replace(.confirm(confirm)) }
      return []
    }
    switch key {
    case .character("y"): return act(confirm)
    case .character("n"): dialogs.removeLast()
    case .left, .right, .tab, .backTab:
      confirm.isActFocused.toggle()
      replace(.confirm(confirm))
    case .enter:
      if confirm.isActFocused { return act(confirm) }
      dialogs.removeLast()
    default: break
    }
    return []
  }

  private mutating func act(_ confirm: Confirm) -> [Effect] {
    dialogs.removeLast()
    switch confirm.change {
    case .deleteUser(let name): return start(confirm.change, "User \(name) deleted")
    case .revokeKeys(let keys):
      let names = keys.map { "\($0.name) of \($0.username)" }.joined(separator: ", ")
      return start(confirm.change, "Key \(names) revoked. Clients using it get 401 from now on")
    case .setAccess(let user, let allowed, _):
      return start(
        confirm.change, "\(user.username): only \(allowed.joined(separator: " ")) is open",
        undo: .access(user: user.username, allowed: user.allowed, blocked: user.blocked))
    default: return start(confirm.change, confirm.title)
    }
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
        return [.repaint]
      }
    default: break
    }
    return []
  }

  // MARK: The palette

  private mutating func press(_ key: Key, in old: Palette) -> [Effect] {
    var palette = old
    let found = commands(matching: palette.input.text)
    switch key {
    case .escape: dialogs.removeLast()
    case .up: palette.index = max(0, palette.index - 1)
    case .down: palette.index = min(palette.index + 1, max(0, found.count - 1))
    case .tab:
      if found.indices.contains(palette.index) {
        palette.input = TextInput(found[palette.index].text + " ", limit: 200)
      }
    case .enter:
      dialogs.removeLast()
      guard found.indices.contains(palette.index) else {
        say("There is no command \"\(palette.input.text)\"; ? shows what there is.")
        return []
      }
      return perform(found[palette.index])
    default:
      if palette.input.take(key) { palette.index = 0 }
    }
    if case .palette? = dialogs.last { replace(.palette(palette)) }
    return []
  }

  // MARK: Outcomes

  mutating func finish(_ number: Int, _ outcome: StoreOutcome) -> [Effect] {
    guard let pending = pending.removeValue(forKey: number) else { return [] }
    let formIndex = dialogs.lastIndex {
      if case .form(let form) = $0 { form.saving == number } else { false }
    }
    switch outcome {
    case .done:
      if let formIndex { dialogs.remove(at: formIndex) }
      note(pending)
    case .issued(let secret, let key):
      if let formIndex { dialogs.remove(at: formIndex) }
      note(pending)
      users.select(key.userID)
      showDetail()
      dialogs.append(.reveal(Reveal(secret: secret, key: key)))
    case .failed(let error):
      if let formIndex, case .form(var form) = dialogs[formIndex] {
        form.saving = nil
        form.refusal = "\(error)"
        dialogs[formIndex] = .form(form)
      } else {
        say("Not done: \(error)", isError: true)
      }
    }
    return []
  }

  private mutating func note(_ pending: Pending) {
    if pending.isHistory {
      history.note(History.Entry(title: pending.title, when: now, undo: pending.undo))
    }
    say("\(pending.title).\(pending.undo == nil || !pending.isHistory ? "" : " u undoes it.")")
  }
}

extension Form {
  /// What is said once it is saved.
  var doneTitle: String {
    switch purpose {
    case .newUser: "\(text(.username)) created"
    case .editUser(let user): "\(user.username) changed"
    case .newKey(let user): "Key made for \(user.username)"
    case .renameKey(let key): "\(key.name) is \(text(.keyName)) now"
    case .extendKey(let key): "\(key.name) of \(key.username) has a new end"
    }
  }

  var undo: History.Restore? {
    switch purpose {
    case .editUser(let user):
      .profile(user: user.username, email: user.email, description: user.description)
    case .renameKey(let key): .keyName(id: key.id, key.name)
    case .newUser, .newKey, .extendKey: nil
    }
  }
}
