import ArgumentParser
import GatewayKit

struct UsersShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a user with their keys and access.")

  @Argument(help: "The user's name.") var username: String
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let user = try store.existing(username)
    let keys = store.keys().filter { $0.userID == user.id }
    let uses = try options.keyUses()
    options.answer(user.json(keys: keys, uses), text(user, keys, uses))
  }

  private func text(_ user: User, _ keys: [APIKey], _ uses: KeyUses) -> String {
    var fields = FieldList()
    fields.add("user", user.username)
    fields.add("state", user.isEnabled ? "enabled" : "disabled: none of their keys works")
    fields.add("email", user.email)
    fields.add("description", user.description)
    fields.add("created", user.createdAt.shown)
    if let use = uses.latest(of: keys) {
      fields.add("last used", "\(use.lastUsed.shown) from \(use.address)")
    }
    fields.add("id", user.id)
    fields.add(
      "allowed", user.allowed.isEmpty ? "everything" : user.allowed.joined(separator: ", "))
    fields.add("blocked", user.blocked.isEmpty ? "nothing" : user.blocked.joined(separator: ", "))
    if !user.metadata.members.isEmpty {
      fields.add("metadata", JSONValue.object(user.metadata).text)
    }
    guard !keys.isEmpty else {
      return fields.text
        + "\nNo keys yet: gateway keys create \(TerminalText.line(user.username))\(options.repeated)\n"
    }
    return fields.text + "\n" + KeyTable.text(of: keys, uses, withUser: false)
  }
}
