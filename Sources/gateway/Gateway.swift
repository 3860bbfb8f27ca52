import ArgumentParser
import GatewayKit

/// The `gateway` command. Each subcommand is a few lines over GatewayKit.
@main
struct Gateway: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "One MCP endpoint in front of many MCP servers, with users, keys and access.",
    discussion: """
      Users, keys and access are in one file, found as the running gateway finds it: --users-db, then \
      USERS_DB_PATH, then the configuration, then ./data/users.json. No gateway needs to be running, \
      and a running one obeys a change from its next request on.

      Exit status: 0 done, 1 failed, 2 usage, 3 not found, 4 conflict.
      """,
    version: GatewayVersion.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Users and keys",
        subcommands: [
          UsersCommand.self, KeysCommand.self, AccessCommand.self, ExplainCommand.self,
        ]),
      CommandGroup(
        name: "The gateway",
        subcommands: [
          ServeCommand.self, BackendsCommand.self, StatusCommand.self, SessionsCommand.self,
          UsageCommand.self, ConfigCommand.self,
        ]),
      CommandGroup(
        name: "The store and its log", subcommands: [StoreCommand.self, AuditCommand.self]),
      CommandGroup(
        name: "Other",
        subcommands: [VersionCommand.self, CompletionCommand.self, DemoServerCommand.self]),
    ])

  static func main() async {
    ChildGuard.takeOver()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      UnloggedChange.complain()
    } catch {
      CommandFailure.leave(with: error)
    }
  }
}
