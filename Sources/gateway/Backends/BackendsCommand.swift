import ArgumentParser

struct BackendsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backends",
    abstract: "List the backends, try them, and see their tools.",
    subcommands: [BackendsList.self, BackendsCheck.self, BackendsTools.self])
}
