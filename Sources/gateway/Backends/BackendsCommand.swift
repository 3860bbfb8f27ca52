import ArgumentParser

struct BackendsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backends",
    abstract: "List the backends.",
    subcommands: [BackendsList.self])
}
