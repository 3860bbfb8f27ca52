import ArgumentParser
import GatewayKit

struct UsersEnable: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Let a user's keys work again.")

  @Argument(help: "The user's name.") var username: String
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    try await store.setEnabled(true, for: username)
    options.answer(
      ["status": "enabled", "username": .string(username), "enabled": true],
      "enabled \(TerminalText.line(username))")
  }
}
