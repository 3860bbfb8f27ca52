import ArgumentParser
import GatewayKit

struct KeysCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make a key for a user and print it, this once.",
    discussion:
      "Only the key's SHA-256 is stored, so it cannot be shown again. Without --ttl-days it "
      + "never expires.")

  @Argument(help: "The user's name.") var username: String
  @Option(help: "What the key is called; key-1, key-2 … if not given.") var name: String?
  @OptionGroup var life: LifetimeOption
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let issued = try await store.issueKey(for: username, named: name, ttl: life.lifetime)
    IssuedKeyAnswer.print(issued, status: "created", options)
  }
}
