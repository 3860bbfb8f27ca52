import ArgumentParser

struct SessionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions",
    abstract: "Show who is connected, and end sessions.",
    discussion:
      "Asks the running gateway. Clients of 2026-07-28 have no sessions, so only their streams show; "
      + "the sessions that the gateway keeps for them at older backends are its own.",
    subcommands: [SessionsList.self, SessionsEnd.self])
}
