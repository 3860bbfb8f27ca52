import GatewayKit

/// Users and their keys.
extension Model {
  var userOfKey: User? {
    if pane == .keys { return selectedKey.flatMap { roster[$0.userID]?.user } }
    return person?.user
  }

  mutating func edit() {
    guard canChange() else { return }
    if pane == .keys || pane == .users && box == 1 {
      if let key = selectedKey { dialogs.append(.form(.rename(key))) }
    } else if let user = person?.user {
      dialogs.append(.form(.edit(user)))
    }
  }

  /// One at once; several after a look at what happens to each.
  mutating func toggleEnabled(_ ids: [String]) -> [Effect] {
    let users = ids.compactMap { roster[$0]?.user }
    let changes = users.map { StoreChange.setEnabled($0, !$0.isEnabled) }
    let undo = users.map { History.Restore.enabled(user: $0.username, $0.isEnabled) }
    guard users.count > 1 else {
      guard let user = users.first else { return [] }
      return start(
        changes[0], "\(user.username): \(user.isEnabled ? "disabled" : "enabled")", undo: undo[0])
    }
    dialogs.append(
      .confirm(
        Confirm(
          title: "Change \(Wording.count(users.count, "user"))?",
          lines: users.map { "\($0.username)  \($0.isEnabled ? "on → off" : "off → on")" } + [
            "", "Keys of users who are off get 401 from the next call.",
          ],
          keepLabel: "Esc Cancel",
          act: .init(
            label: "Enter Apply", change: .group(changes),
            done: "\(Wording.count(users.count, "user")) changed", undo: .group(undo)),
          opened: now, isActFocused: true)))
    return []
  }

  mutating func askToDelete() {
    guard canChange(), pane == .users else { return }
    let people = chosenUsers.compactMap { roster[$0.id] }
    guard let first = people.first?.user else { return }
    let keys = people.reduce(0) { $0 + $1.keys.count }
    let rules = people.reduce(0) { $0 + $1.user.allowed.count + $1.user.blocked.count }
    let removed =
      "\(Wording.count(keys, "key"))\(usedToday(people)) and \(Wording.count(rules, "access rule"))"
    let isOne = people.count == 1
    let change = people.map { StoreChange.deleteUser($0.user.username) }
    dialogs.append(
      .confirm(
        Confirm(
          title: isOne
            ? "Delete user \(first.username)?" : "Delete \(Wording.count(people.count, "user"))?",
          lines: (isOne ? [] : [people.map(\.user.username).joined(separator: ", "), ""]) + [
            "This removes \(isOne ? "the account" : "the accounts"), \(removed). The audit log keeps its entries.",
            "",
            "It cannot be undone. To only stop access press Esc, then x (disable): that can be undone.",
          ],
          keepLabel: "Keep",
          act: .init(
            label: "Delete", change: isOne ? change[0] : .group(change),
            done: isOne
              ? "User \(first.username) deleted" : "\(Wording.count(people.count, "user")) deleted"),
          word: isOne ? first.username : String(people.count), opened: now)))
  }

  private func usedToday(_ people: [Roster.Person]) -> String {
    let day = now.advanced(by: .seconds(-86_400))
    let count = people.flatMap(\.keys).count {
      (usage.uses[$0.id]?.lastUsed).map { $0 > day } ?? false
    }
    return count > 0 ? " (\(count) in use today)" : ""
  }

  mutating func askToRevoke() {
    guard canChange() else { return }
    let keys = chosenKeys.filter { !$0.isRevoked }
    guard let key = keys.first else {
      return say(
        selectedKey.map { "\($0.name) of \($0.username) is revoked already." }
          ?? "Choose a key first: Tab goes to the keys of the user.")
    }
    let end = [
      "",
      "Clients using \(keys.count == 1 ? "this key" : "them") fail with 401 from the next call.",
      "A revoked key cannot be restored; generate a new one instead.",
    ]
    guard keys.count > 1 else {
      dialogs.append(
        .confirm(
          Confirm(
            title: "Revoke key?",
            lines: [
              "Key      \(key.name)   (\(key.id))", "Owner    \(key.username)",
              "Used     \(used(key))",
            ] + end,
            keepLabel: "n Keep it",
            act: .init(
              label: "y Revoke", change: .revokeKey(key),
              done: "Key \(key.name) of \(key.username) revoked",
              advice: " Clients using it get 401 from now on."),
            opened: now)))
      return
    }
    dialogs.append(
      .confirm(
        Confirm(
          title: "Revoke \(keys.count) keys?",
          lines: keys.map { "\($0.username)/\($0.name)   used \(used($0))" } + end,
          keepLabel: "Keep",
          act: .init(
            label: "Revoke", change: .group(keys.map { .revokeKey($0) }),
            done: "\(keys.count) keys revoked",
            advice: " Clients using them get 401 from now on."),
          word: String(keys.count), opened: now)))
  }

  private func used(_ key: APIKey) -> String {
    guard let use = usage.uses[key.id] else { return "never, as far as was counted" }
    let calls = usage.callsOfKey[key.id].map { "\(Wording.grouped($0)) times, " } ?? ""
    let from = use.address.isEmpty ? "" : " from \(use.address)"
    return "\(calls)last \(Wording.ago(use.lastUsed, now)) ago\(from)"
  }
}
