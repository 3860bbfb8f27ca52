import ArgumentParser
import GatewayKit

struct UsersEdit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Change a user's email, description or metadata.",
    discussion: "What is not given stays. An empty text (--email \"\") removes the value.")

  @Argument(help: "The user's name.") var username: String
  @Option(help: "An address to reach them.") var email: String?
  @Option(help: "What the user is for.") var description: String?
  @Option(
    help: ArgumentHelp("An object of your own, in JSON; replaces the old one.", valueName: "json"))
  var metadata: String?
  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard email != nil || description != nil || metadata != nil else {
      throw ValidationError("Say what to change: --email, --description or --metadata.")
    }
  }

  func run() async throws {
    let store = try await options.store()
    let user = try await store.editUser(
      username, email: email.map { $0.isEmpty ? .clear : .set($0) } ?? .keep,
      description: description.map { $0.isEmpty ? .clear : .set($0) } ?? .keep,
      metadata: try metadata.map(Self.object))
    let uses = try options.keyUses()
    options.answer(
      ["status": "changed", "user": user.json(keys: store.keys(of: user), uses)],
      "changed \(TerminalText.line(user.username))")
  }

  private static func object(_ text: String) throws -> JSONObject {
    guard case .object(let object) = try? JSONValue.parse(Array(text.utf8)) else {
      throw CommandFailure.usage("--metadata must be a JSON object, such as '{\"team\": \"erp\"}'.")
    }
    return object
  }
}
