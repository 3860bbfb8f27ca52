import ArgumentParser
import GatewayKit

struct KeysList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all keys, or a user's.")

  @Argument(help: "Only this user's keys.") var username: String?
  @Option(
    help: ArgumentHelp(
      "Only keys in this state: valid, expired, revoked or disabled.", valueName: "state"))
  var state: KeyState?
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    var keys = store.keys()
    if let username {
      let user = try store.existing(username)
      keys = keys.filter { $0.userID == user.id }
    }
    let now = Timestamp.now
    if let state { keys = keys.filter { $0.state(at: now) == state } }
    if options.json {
      let body: JSONValue = ["keys": .array(keys.map { $0.json(at: now) })]
      return Output.print(body)
    }
    Output.print(
      keys.isEmpty ? "No such keys." : KeyTable.text(of: keys, withUser: username == nil))
  }
}

extension KeyState: ExpressibleByArgument {}
