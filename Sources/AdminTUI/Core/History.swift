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

  /// The newest that can be taken back is taken out; `redo` is what it is now.
  mutating func takeUndo(redo: (Restore) -> Restore?) -> (entry: Entry, state: Restore)? {
    guard let index = done.lastIndex(where: { $0.undo != nil }), let state = done[index].undo,
      let now = redo(state)
    else { return nil }
    let entry = done.remove(at: index)
    undone.append((entry, now))
    return (entry, state)
  }

  mutating func takeRedo() -> (entry: Entry, state: Restore)? {
    guard let last = undone.popLast() else { return nil }
    done.append(last.entry)
    return (last.entry, last.redo)
  }

  /// An undo or a redo that could not be made was none.
  mutating func putBack(_ title: String) {
    if let place = undone.lastIndex(where: { $0.entry.title == title }) {
      done.append(undone.remove(at: place).entry)
    }
  }
}
