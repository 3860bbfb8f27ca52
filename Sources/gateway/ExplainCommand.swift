import ArgumentParser
import GatewayKit

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say whether a user may use a backend or tool, by which rule, and with which keys.",
    discussion: """
      Without a second argument it goes through every configured backend. BACKEND/NAME asks about a \
      tool or prompt by the name that the backend gives it, or about a resource by its address.
      """)

  @Argument(help: "The user's name.") var username: String
  @Argument(help: "BACKEND or BACKEND/NAME.") var target: String?
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let configuration = try options.configuration()
    let store = try await options.store()
    let user = try store.existing(username)
    let targets =
      try target.map { [try AccessTarget(argument: $0)] }
      ?? configuration.backends.map { try AccessTarget(argument: $0.name) }
    let explanation = Explanation(
      user: user, keys: store.keys(of: user), targets: targets, configured: configuration.backends,
      uses: try options.keyUses())
    options.answer(explanation.json, explanation.text)
  }
}
