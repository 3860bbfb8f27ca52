import GatewayKit

/// What was done in this session and can be taken back, the last one last.
struct History: Sendable {
  struct Entry: Sendable {
    let title: String
    let when: Timestamp
    /// Nil for what stays.
    let undo: Restore?
  }

  /// A state that a change came from, or went to. Names, not records: those have changed since.
  indirect enum Restore: Sendable, Equatable {
    case enabled(user: String, Bool)
    case access(user: String, allowed: [String], blocked: [String])
    case keyName(id: String, String)
    case profile(user: String, Profile)
    case group([Restore])

    init(accessOf user: User) {
      self = .access(user: user.username, allowed: user.allowed, blocked: user.blocked)
    }
  }

  private(set) var done: [Entry] = []
  private(set) var undone: [(entry: Entry, redo: Restore)] = []

  mutating func note(_ entry: Entry) {
    done.append(entry)
    undone = []
  }

  /// A way back, or forth again.
  struct Step: Sendable {
    let entry: Entry
    fileprivate let redo: Restore
    fileprivate let isBack: Bool

    /// Where it leads to.
    var state: Restore { isBack ? entry.undo ?? redo : redo }
  }

  /// The newest that can be taken back is taken out; `redo` is what it is now.
  mutating func goBack(redo: (Restore) -> Restore?) -> Step? {
    guard let index = done.lastIndex(where: { $0.undo != nil }), let state = done[index].undo,
      let now = redo(state)
    else { return nil }
    let entry = done.remove(at: index)
    undone.append((entry, now))
    return Step(entry: entry, redo: now, isBack: true)
  }

  mutating func goForth() -> Step? {
    guard let last = undone.popLast() else { return nil }
    done.append(last.entry)
    return Step(entry: last.entry, redo: last.redo, isBack: false)
  }

  /// A step that could not be made was none.
  mutating func forget(_ step: Step) {
    func isThat(_ entry: Entry) -> Bool {
      entry.title == step.entry.title && entry.when == step.entry.when
    }
    if step.isBack, let place = undone.lastIndex(where: { isThat($0.entry) }) {
      done.append(undone.remove(at: place).entry)
    } else if !step.isBack, let place = done.lastIndex(where: isThat) {
      undone.append((done.remove(at: place), step.redo))
    }
  }
}
