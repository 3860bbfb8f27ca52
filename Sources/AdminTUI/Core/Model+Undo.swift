import GatewayKit

/// Taking back what can be taken back.
extension Model {
  mutating func undo() -> [Effect] {
    let last = history.done.last
    guard let step = goBack() else {
      say(
        last.map { "Cannot undo \"\($0.title)\": it stays." } ?? "Nothing to undo in this session.")
      return []
    }
    let entry = step.entry
    let passed = last.flatMap { $0.title == entry.title ? nil : $0.title }
    let held = Wording.short(max(0, entry.when.duration(to: now).components.seconds))
    return restore(
      step,
      "Undone: \(entry.title) (was so for \(held))\(passed.map { "; \"\($0)\" stays" } ?? "")")
  }

  private mutating func goBack() -> History.Step? {
    var history = history
    defer { self.history = history }
    return history.goBack { current(like: $0) }
  }

  mutating func redo() -> [Effect] {
    guard let step = history.goForth() else {
      say("Nothing to redo.")
      return []
    }
    return restore(step, "Redone: \(step.entry.title)")
  }

  /// The present state of what a kept state is about.
  private func current(like state: History.Restore) -> History.Restore? {
    switch state {
    case .enabled(let name, _):
      roster.person(named: name).map { .enabled(user: name, $0.user.isEnabled) }
    case .access(let name, _, _): roster.person(named: name).map { .init(accessOf: $0.user) }
    case .keyName(let id, _): roster.key(id).map { .keyName(id: id, $0.name) }
    case .profile(let name, _):
      roster.person(named: name).map { .profile(user: name, Profile(of: $0.user)) }
    case .group(let states): .group(states.compactMap { current(like: $0) })
    }
  }

  private mutating func restore(_ step: History.Step, _ title: String) -> [Effect] {
    guard let change = change(to: step.state) else {
      history.forget(step)
      say("Cannot restore \"\(step.entry.title)\": what it was about has gone.", isError: true)
      return []
    }
    return start(change, title, restores: step)
  }

  private func change(to state: History.Restore) -> StoreChange? {
    switch state {
    case .enabled(let name, let isOn):
      roster.person(named: name).map { .setEnabled($0.user, isOn) }
    case .access(let name, let allowed, let blocked):
      roster.person(named: name).map { .setAccess($0.user, allowed: allowed, blocked: blocked) }
    case .keyName(let id, let name): roster.key(id).map { .renameKey($0, to: name) }
    case .profile(let name, let profile):
      roster.person(named: name).map {
        .editUser($0.user, profile, isEnabled: $0.user.isEnabled)
      }
    case .group(let states): .group(states.compactMap { change(to: $0) })
    }
  }
}
