import ArgumentParser
import GatewayKit

struct UsersList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all users.")

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let users = store.users()
    let uses = try options.keyUses()
    let keys = Dictionary(grouping: store.keys(), by: \.userID)
    if options.json {
      let body: JSONValue = [
        "users": .array(users.map { $0.json(keys: keys[$0.id] ?? [], uses) })
      ]
      return Output.print(body)
    }
    guard !users.isEmpty else {
      return Output.print("No users yet: gateway users create NAME\(options.repeated)")
    }
    let now = Timestamp.now
    var table = TextTable("USER", "STATE", "KEYS", "ACCESS", "CREATED", "LAST USED", "DESCRIPTION")
    for user in users {
      let valid = (keys[user.id] ?? []).count { $0.state(at: now) == .valid }
      table.add(
        user.username, user.isEnabled ? "enabled" : "disabled", "\(valid)", user.accessSummary,
        user.createdAt.isoDate, uses.latest(of: keys[user.id] ?? [])?.lastUsed.shown ?? "",
        user.description ?? "")
    }
    Output.print(table.text)
  }
}
