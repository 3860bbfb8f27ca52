import ArgumentParser
import GatewayKit

struct KeysRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "End a key for good, from the next request on.",
    discussion:
      "Asks first on a terminal; elsewhere, and with --json, it needs --yes. Revoking "
      + "twice is no error.")

  @OptionGroup var key: KeyReference
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let selector = try key.selector(in: store)
    let target = try store.key(selector)
    try confirmation.ask(
      "Revoke the key \(target.id) (\(target.username)/\(target.name))", json: options.json)
    let revoked = try await store.revokeKey(selector)
    options.answer(
      ["status": "revoked", "key": revoked.json(at: .now)],
      "revoked \(revoked.id) (\(TerminalText.line("\(revoked.username)/\(revoked.name)")))")
  }
}
