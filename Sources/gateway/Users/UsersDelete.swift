import ArgumentParser
import GatewayKit

struct UsersDelete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete a user with all their keys.",
    discussion: "Asks first on a terminal; elsewhere, and with --json, it needs --yes.")

  @Argument(help: "The user's name.") var username: String
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let user = try store.existing(username)
    let keys = store.keys(of: user)
    try confirmation.ask(
      "Delete \(username) and \(keys.count) \(keys.count == 1 ? "key" : "keys")", json: options.json
    )
    try await store.deleteUser(username)
    options.answer(
      [
        "status": "deleted", "username": .string(username),
        "deleted_keys": .array(keys.map { .string($0.id) }),
      ],
      "deleted \(TerminalText.line(username)) and \(keys.count) \(keys.count == 1 ? "key" : "keys")"
    )
  }
}
