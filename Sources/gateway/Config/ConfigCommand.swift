import ArgumentParser

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "See what the configuration comes to.",
    subcommands: [ConfigCheck.self, ConfigPath.self])
}
