import ArgumentParser

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "Check the file of users and keys, and go back to an earlier one.",
    subcommands: [StoreCheck.self, StoreGenerations.self, StoreRestore.self])
}
