import ArgumentParser
import GatewayKit

struct StoreRestore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Go back to an earlier state, after showing what that changes.",
    discussion:
      "Keys that were revoked or removed since stay revoked unless --revive. The state that "
      + "is replaced is kept as generation 1, even when it cannot be read: then it is compared with the "
      + "latest that can. Asks first on a terminal; elsewhere, and with --json, it "
      + "needs --yes.")

  @Argument(help: "A name that gateway store generations shows: 1, 2 … or a date.")
  var generation: String
  @Flag(help: "Let keys that were revoked or removed since work again.") var revive = false
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let (store, damage) = try await options.storeForRestore()
    let difference = try store.difference(to: generation)
    if !options.json {
      if let damage { Output.complain(TerminalText.line(damage.description), prefixed: true) }
      Output.complain(text(difference), prefixed: false)
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

  private func rows(_ difference: StoreDifference) -> [(
    name: String, words: String, values: [String]
  )] {
    [
      ("added_users", "users that come back", difference.addedUsers),
      ("removed_users", "users that go", difference.removedUsers),
      ("changed_users", "users that change", difference.changedUsers),
      ("added_keys", "keys that come back", difference.addedKeys),
      ("removed_keys", "keys that go", difference.removedKeys),
      (
        "revoked_since",
        revive ? "revoked keys that work again" : "keys that stay revoked", difference.revokedSince
      ),
    ]
  }

  private func json(_ difference: StoreDifference) -> JSONValue {
    .object(
      JSONObject(
        rows(difference).map { ($0.name, .array($0.values.map(JSONValue.string))) }))
  }

  private func text(_ difference: StoreDifference) -> String {
    let changes = rows(difference).filter { !$0.values.isEmpty }
    guard !changes.isEmpty else { return "It is the same as now." }
    return changes.map { row in
      "\(row.words): \(TerminalText.line(row.values.joined(separator: ", ")))"
    }.joined(separator: "\n")
  }
}
