import ArgumentParser

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Read the log of who changed what, and check that it is whole.",
    subcommands: [AuditTail.self, AuditSearch.self, AuditVerify.self])
}
