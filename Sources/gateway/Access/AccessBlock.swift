import ArgumentParser
import GatewayKit

struct AccessBlock: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "block",
    abstract: "Add entries to what a user may not use.",
    discussion: "A blocked entry wins over every allowed one.")

  @Argument(help: "The user's name.") var username: String
  @Argument(help: "BACKEND or BACKEND/PATTERN.") var entries: [String]
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let user = try await store.block(entries, for: username)
    let answer = AccessSummary(user: user, backends: try options.knownBackends().names)
    options.answer(answer.json(status: "blocked"), answer.text)
  }
}
