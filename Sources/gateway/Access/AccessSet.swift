import ArgumentParser
import GatewayKit

struct AccessSet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Replace both of a user's lists.",
    discussion: "A list that is not given becomes empty, as in the REST API. To remove every rule: "
      + "gateway access clear USER.")

  @Argument(help: "The user's name.") var username: String
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only these may be used.", valueName: "entry"))
  var allow: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("These may not be used.", valueName: "entry"))
  var block: [String] = []
  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard !allow.isEmpty || !block.isEmpty else {
      throw ValidationError(
        "Give --allow or --block; to remove every rule: gateway access clear \(username)")
    }
  }

  func run() async throws {
    let store = try await options.store()
    let user = try await store.setAccess(for: username, allowed: allow, blocked: block)
    let answer = AccessSummary(user: user, backends: try options.knownBackends().names)
    options.answer(answer.json(status: "set"), answer.text)
  }
}
