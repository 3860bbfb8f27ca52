import ArgumentParser
import GatewayKit

struct KeysRename: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Give a key another name.")

  @OptionGroup var key: KeyReference
  @Argument(help: "The new name, not that of another live key of the user.") var name: String
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let changed = try await store.renameKey(try key.selector(in: store), to: name)
    options.answer(
      ["status": "renamed", "key": changed.json(at: .now)],
      "renamed \(changed.id) to \(TerminalText.line("\(changed.username)/\(changed.name)"))")
  }
}
