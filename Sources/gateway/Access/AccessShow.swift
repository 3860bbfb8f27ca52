import ArgumentParser
import GatewayKit

struct AccessShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a user's lists and what they reach.")

  @Argument(help: "The user's name.") var username: String
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let answer = AccessSummary(
      user: try store.existing(username), backends: try options.knownBackends().names)
    options.answer(answer.json(status: nil), answer.text)
  }
}
