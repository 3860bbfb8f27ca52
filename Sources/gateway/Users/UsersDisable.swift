import ArgumentParser
import GatewayKit

struct UsersDisable: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Make all of a user's keys stop working, until enabled again."
  )

  @Argument(help: "The user's name.") var username: String
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    try await store.setEnabled(false, for: username)
    options.answer(
      ["status": "disabled", "username": .string(username), "enabled": false],
      "disabled \(TerminalText.line(username))")
  }
}
