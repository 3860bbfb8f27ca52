import ArgumentParser
import GatewayKit

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say whether a user may use a backend or tool, by which rule, and with which keys.",
    usage: """
      gateway explain <username> [<target>]
      gateway explain --key - [<target>]
      """,
    discussion: """
      Without a second argument it goes through every configured backend. BACKEND/NAME asks about a \
      tool or prompt by the name that the backend gives it, or about a resource by its address.

      With --key - it is about whoever has that key, which comes on standard input in one line and is \
      printed nowhere: whose it is, whether it works, and if not, why. Then there is no USER.
      """)

  @Argument(help: "The user's name.") var username: String?
  @Argument(help: "BACKEND or BACKEND/NAME.") var target: String?
  @Option(help: ArgumentHelp("- for a key on standard input.", valueName: "-")) var key: String?
  @OptionGroup var options: CommonOptions

  func validate() throws {
    if let key {
      guard key == "-" else {
        throw ValidationError(
          "--key takes only -, and then the key on standard input: arguments are for everyone to read"
        )
      }
      guard target == nil else { throw ValidationError("With --key there is no USER") }
    } else if username == nil {
      throw ValidationError("Name a user, or give a key with --key -")
    }
  }

  func run() async throws {
    let backends = try options.knownBackends()
    let store = try await options.store()
    let found = key == nil ? nil : try Self.key(in: store)
    let user: User
    if let found {
      guard let owner = store.users().first(where: { $0.id == found.userID }) else {
        throw CommandFailure.notFound(
          "key_without_user", "The key \(found.id) belongs to no user; see gateway store check")
      }
      user = owner
    } else {
      user = try store.existing(username ?? "")
    }
    // With a key the first argument is what is asked about.
    let asked = key == nil ? target : username
    let targets =
      try asked.map { [try AccessTarget(argument: $0)] }
      ?? (backends.names ?? []).map { try AccessTarget(argument: $0) }
    let explanation = Explanation(
      user: user, keys: found.map { [$0] } ?? store.keys(of: user), targets: targets,
      configured: backends.configured, uses: try options.keyUses(), key: found,
      health: backends.health)
    options.answer(explanation.json, explanation.text)
  }

  private static func key(in store: UserStore) throws -> APIKey {
    let secret = try SecretInput.readLine(prompt: "Paste the key:")
    guard let key = store.keys().first(where: { $0.matches(secret: secret) }) else {
      throw CommandFailure.notFound(
        "key_not_found",
        "No key of this store is this one (it would be \(APIKey.id(ofSecret: secret))): \(KeyForm(of: secret).inWords)"
      )
    }
    return key
  }
}
