import ArgumentParser
import GatewayKit

struct UsersCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make a user, and the store if there is none.",
    discussion:
      "A new user has no key and may reach every backend. A name is 1 to 64 letters, digits, "
      + "\".\", \"_\" or \"-\", begins with a letter or digit, and stays.")

  @Argument(help: "The new user's name.") var username: String
  @Option(help: "An address to reach them.") var email: String?
  @Option(help: "What the user is for.") var description: String?
  @OptionGroup var options: CommonOptions

  func run() async throws {
    // Checked here too, so that a name that cannot be makes no store.
    guard Username.isValid(username) else { throw StoreError.invalidUsername(username) }
    let (store, madeAt) = try await options.storeOrNew()
    let user = try await store.createUser(username, email: email, description: description)
    options.answer(
      [
        "status": "created", "user": user.json(keys: [], .none),
        "created_store": madeAt.map(JSONValue.string) ?? .null,
      ],
      "created \(TerminalText.line(user.username)); next: gateway keys create \(TerminalText.line(user.username))\(options.repeated)"
    )
  }
}
