import ArgumentParser
import GatewayKit

struct AccessWho: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "who",
    abstract: "List who may use a backend, or one of its tools.",
    discussion: "Counts the lists; whether a user is enabled and has a valid key stands beside it.")

  @Argument(help: "BACKEND, or BACKEND/NAME for a tool, a prompt or a resource.") var target: String
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let store = try await options.store()
    let target = try AccessTarget(argument: target)
    let now = Timestamp.now
    let valid = Dictionary(
      grouping: store.keys().filter { $0.state(at: now) == .valid }, by: \.userID)
    let rows = store.users().compactMap { user -> (user: User, rule: String, keys: Int)? in
      guard case .allow(let reason) = target.decide(user.rules) else { return nil }
      return (user, "\(reason)", valid[user.id]?.count ?? 0)
    }
    if options.json {
      let body: JSONValue = [
        "target": .string(target.text),
        "users": .array(
          rows.map { row in
            [
              "username": .string(row.user.username), "enabled": .bool(row.user.isEnabled),
              "valid_keys": .number("\(row.keys)"), "rule": .string(row.rule),
            ]
          }),
      ]
      return Output.print(body)
    }
    guard !rows.isEmpty else {
      return Output.print("Nobody may use \(TerminalText.line(target.text)).")
    }
    var table = TextTable("USER", "STATE", "VALID KEYS", "WHY")
    for row in rows {
      table.add(
        row.user.username, row.user.isEnabled ? "enabled" : "disabled", "\(row.keys)", row.rule)
    }
    Output.print(table.text)
  }
}
