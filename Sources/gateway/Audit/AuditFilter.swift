import ArgumentParser
import GatewayKit

/// Which events `audit tail` and `audit search` show.
struct AuditFilter: ParsableArguments {
  @Option(help: ArgumentHelp("Only events about this user.", valueName: "username"))
  var user: String?

  @Option(help: ArgumentHelp("Only events about the key with this id.", valueName: "id"))
  var key: String?

  @Option(help: ArgumentHelp("Only events about this backend.", valueName: "name"))
  var backend: String?

  @Option(help: ArgumentHelp("Only events about this tool.", valueName: "name"))
  var tool: String?

  @Option(
    help: ArgumentHelp(
      "Only events of this kind: key.revoked, or key for all of them.", valueName: "event"))
  var action: String?

  @Option(
    help: ArgumentHelp(
      "Only events from this time on: 2026-03-31, 2026-03-31T12:00:00Z, or 2h for two hours ago.",
      valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Only events before this time.", valueName: "time"))
  var until: String?

  func validate() throws { _ = try query() }

  func query() throws -> AuditQuery {
    var query = AuditQuery()
    query.user = user
    query.key = key
    query.backend = backend
    query.tool = tool
    if let action {
      guard AuditEvent.isAction(action) else {
        throw ValidationError(
          "--action \(TerminalText.line(action)) is no event; they are: \(AuditEvent.list)")
      }
      query.action = action
    }
    query.since = try since.map { try TimeArgument.parse($0, option: "--since") }
    query.until = try until.map { try TimeArgument.parse($0, option: "--until") }
    return query
  }
}
