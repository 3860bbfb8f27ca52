import GatewayKit

/// What became of changes.
extension Model {
  mutating func finish(_ number: Int, _ outcome: StoreOutcome) -> [Effect] {
    let effects = settle(number, outcome)
    // What was wanted behind one that failed is not wanted any more, but behind one that is tried again.
    if case .failed = outcome, pending.isEmpty { waiting = [] }
    return effects + goOn()
  }

  private mutating func settle(_ number: Int, _ outcome: StoreOutcome) -> [Effect] {
    guard let pending = pending.removeValue(forKey: number) else { return [] }
    let formIndex = dialogs.lastIndex {
      if case .form(let form) = $0 { form.saving == number } else { false }
    }
    let lockedIndex = dialogs.lastIndex {
      if case .locked(let locked) = $0 { locked.number == number } else { false }
    }
    switch outcome {
    case .done, .issued:
      if let index = formIndex ?? lockedIndex { dialogs.remove(at: index) }
      note(pending)
      if case .issued(let secret, let key) = outcome { return reveal(secret, key) }
    case .failed(let error, let made):
      if case .locked = error, formIndex == nil, !pending.isDiscarded {
        return waitOn(error, pending, lockedIndex)
      }
      if let step = pending.restores { history.forget(step) }
      if let formIndex, case .form(var form) = dialogs[formIndex] {
        form.saving = nil
        form.refusal = "\(error)"
        dialogs[formIndex] = conflict(form, error).map(Dialog.conflict) ?? .form(form)
      } else if case .locked = error {
        say("Discarded: \(pending.title).")
      } else {
        if let lockedIndex { dialogs.remove(at: lockedIndex) }
        if made > 0 {
          note(pending, only: made)
        }
        say("\(made > 0 ? "Only \(made) done" : "Not done"): \(error)", isError: true)
      }
    }
    return []
  }

  private mutating func note(_ pending: Pending, only made: Int? = nil) {
    if pending.restores == nil {
      let title = made.map { "\(pending.title) (only \($0))" } ?? pending.title
      history.note(History.Entry(title: title, when: now, undo: pending.undo))
    }
    let isUndoable = pending.undo != nil && pending.restores == nil
    say(
      "\(pending.title)\(pending.isDiscarded ? ", before it could be discarded" : "").\(pending.advice)\(isUndoable ? " u undoes it." : "")"
    )
  }

  private mutating func reveal(_ secret: Secret, _ key: APIKey) -> [Effect] {
    users.select(key.userID)
    showDetail()
    detailKeys.select(key.id)
    dialogs.append(.reveal(Reveal(secret: secret, key: key)))
    return [
      .remember(
        UnconfirmedKey(id: key.id, name: key.name, username: key.username, shownAt: now))
    ]
  }

  /// Goes on trying until the store is free, or somebody has had enough.
  private mutating func waitOn(_ error: StoreError, _ pending: Pending, _ index: Int?) -> [Effect] {
    let effects = start(
      pending.change, pending.title, undo: pending.undo, advice: pending.advice,
      restores: pending.restores)
    if let index, case .locked(var locked) = dialogs[index] {
      locked.number = lastChange
      dialogs[index] = .locked(locked)
    } else {
      dialogs.append(.locked(Locked(error: error, since: pending.started, number: lastChange)))
    }
    return effects
  }

  // MARK: Conflicts

  /// What the form and the store now disagree on; nil for any other error.
  private func conflict(_ form: Form, _ error: StoreError) -> Conflict? {
    guard case .conflict = error, case .editUser(let old) = form.purpose,
      let now = roster.person(named: old.username)?.user
    else { return nil }
    let fresh = Form.edit(now)
    var merged = form
    merged.refusal = nil
    var lines: [Conflict.Line] = []
    for (before, present) in zip(Form.edit(old).fields, fresh.fields) {
      let mine = form.shown(before.name)
      // What was not touched here is as it is there.
      if mine == Form.shown(before),
        let index = merged.fields.firstIndex(where: { $0.name == before.name })
      {
        merged.take(present.content, at: index)
      }
      let theirs = Form.shown(present)
      if mine != theirs {
        lines.append(
          Conflict.Line(field: before.label, mine: merged.shown(before.name), theirs: theirs))
      }
    }
    return Conflict(user: now, lines: lines, form: merged.going(outFrom: now))
  }
}

extension Form {
  static func shown(_ field: Field) -> String {
    switch field.content {
    case .text(let input): input.text
    case .flag(let isOn): isOn ? "yes" : "no"
    case .choice(let names, let place): names[place]
    }
  }

  func shown(_ name: Name) -> String {
    fields.first { $0.name == name }.map(Self.shown) ?? ""
  }
}
