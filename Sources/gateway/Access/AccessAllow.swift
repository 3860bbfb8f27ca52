import ArgumentParser
import GatewayKit

struct AccessAllow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allow",
    abstract: "Add entries to what a user may use.",
    discussion:
      "The first entry closes everything else: from then on only what is listed may be used. What is blocked stays blocked."
  )

  @Argument(help: "The user's name.") var username: String
  @Argument(help: "BACKEND or BACKEND/PATTERN.") var entries: [String]
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let user = try await store.allow(entries, for: username)
    let answer = AccessSummary(user: user, backends: try options.knownBackends().names)
    options.answer(answer.json(status: "allowed"), answer.text)
  }
}
