import ArgumentParser
import GatewayKit

struct StoreRestore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Go back to an earlier state, after showing what that changes.",
    discussion:
      "Keys that were revoked or removed since stay revoked unless --revive. The state that "
      + "is replaced is kept as generation 1, even when it cannot be read: then it is compared with the "
      + "latest that can and what the audit log tells since, so that keys which the log knows to be "
      + "revoked stay so. Asks first on a terminal; elsewhere, and with --json, it needs --yes.")

  @Argument(help: "A name that gateway store generations shows: 1, 2 … or a date.")
  var generation: String
  @Flag(help: "Let keys that were revoked or removed since work again.") var revive = false
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let (store, damage) = try await options.storeForRestore()
    let difference = try store.difference(to: generation, revive: revive)
    if !options.json {
      if let damage { Output.complain(TerminalText.line(damage.description), prefixed: true) }
      for line in difference.lines(revive: revive) {
        Output.complain(TerminalText.line(line), prefixed: false)
      }
    }
    try confirmation.ask("Go back to generation \(generation)", json: options.json)
    try await store.restore(generation, revive: revive, seen: difference)
    options.answer(
      [
        "status": "restored", "generation": .string(generation), "revived": .bool(revive),
        "replaced_unreadable": .bool(damage != nil), "difference": json(difference),
      ],
      "restored generation \(TerminalText.line(generation)); what it replaced is generation 1 now")
  }

  private func json(_ difference: StoreDifference) -> JSONValue {
    func list(_ names: [String]) -> JSONValue { .array(names.map(JSONValue.string)) }
    return [
      "added_users": list(difference.addedUsers), "removed_users": list(difference.removedUsers),
      "changed_users": list(difference.changedUsers), "added_keys": list(difference.addedKeys),
      "removed_keys": list(difference.removedKeys), "changed_keys": list(difference.changedKeys),
      "revoked_since": list(difference.revokedSince), "changes": .array(difference.changes),
      // What an unreadable store was compared as; null where it could be read.
      "later_changes": difference.assumed.map { .array($0.later ?? []) } ?? .null,
    ]
  }
}
