import ArgumentParser
import GatewayKit

struct AuditSearch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Show all events that match, oldest first.",
    discussion: "With --json each event is one line, as it stands in the log.")

  @OptionGroup var filter: AuditFilter
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let path = try options.auditPath()
    let query = try filter.query()
    await options.noteUnknown(filter.user)
    try AuditOutput.read {
      try query.search(path) { AuditOutput.print($0, json: options.json) }
    }
  }
}
