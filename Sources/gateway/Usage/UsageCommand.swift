import ArgumentParser
import GatewayKit

struct UsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage",
    abstract: "Show who calls what, how often, how long it takes and what fails.",
    discussion: """
      Counted by the running gateway and kept beside the store, so it shows without one too. With \
      --since it counts by the minute within the last 24 hours, else by the day (UTC), for 90 days; \
      latencies are then known for backends only.
      """)

  @Option(help: ArgumentHelp("Only this user's calls.", valueName: "username")) var user: String?
  @Option(help: ArgumentHelp("Only calls with the key of this id.", valueName: "id"))
  var key: String?
  @Option(help: ArgumentHelp("Only calls of this backend.", valueName: "name")) var backend: String?
  @Option(help: ArgumentHelp("Only calls of this tool.", valueName: "name")) var tool: String?
  @Option(
    help: ArgumentHelp("One row a user, key, backend or tool.", valueName: "what"))
  var by: UsageQuery.Grouping?
  @Option(
    help: ArgumentHelp(
      "Only calls from this time on: 2026-03-31, 2026-03-31T12:00:00Z, or 2h for two hours ago.",
      valueName: "time"))
  var since: String?
  @OptionGroup var options: CommonOptions

  func validate() throws { _ = try query() }

  func run() async throws {
    let path = try options.configuration(for: .store).storePath
    guard let book = try options.usage(beside: path) else {
      throw CommandFailure.notFound(
        "usage_missing",
        "Nothing was counted yet beside \(path): no call was made through a gateway on this store, or its configuration has usage off"
      )
    }
    let report = book.report(try query())
    await options.noteUnknown(user)
    options.answer(report.json, text(report))
  }

  private func query() throws -> UsageQuery {
    var query = UsageQuery()
    query.user = user
    query.key = key
    query.backend = backend
    query.tool = tool
    query.since = try since.map { try TimeArgument.parse($0, option: "--since") }
    // One level below what was chosen.
    query.grouping =
      by
      ?? (tool != nil ? .key : backend != nil ? .tool : key != nil || user != nil ? .tool : .user)
    return query
  }

  private func text(_ report: UsageReport) -> String {
    let head =
      report.since.map { "Since \($0.shown)" } ?? "Since counting began, \(report.began.shown)"
    guard !report.rows.isEmpty else { return "\(head): no such calls.\n" }
    let first = report.rows[0]
    let names = [
      first.user.map { _ in "USER" }, first.key.map { _ in "KEY" },
      first.backend.map { _ in "BACKEND" }, first.tool.map { _ in "TOOL" },
    ].compactMap { $0 }
    var table = TextTable(
      names + ["CALLS", "ERRORS", "DENIED", "IN", "OUT", "P50", "P90", "P99", "LAST USED", "FROM"])
    for row in report.rows {
      table.add(
        [row.user, row.key, row.backend, row.tool].compactMap { $0 }
          + [
            "\(row.counts.calls)", "\(row.counts.errors)", "\(row.counts.denials)",
            ByteSize.text(Int(clamping: row.counts.bytesIn)),
            ByteSize.text(Int(clamping: row.counts.bytesOut)),
            Self.milliseconds(row, 0.5), Self.milliseconds(row, 0.9),
            Self.milliseconds(row, 0.99), row.lastUsed?.shown ?? "",
            [row.address, row.client].compactMap { $0 }.joined(separator: " "),
          ])
    }
    return "\(head):\n\n" + table.text
  }

  /// Three digits are more than is known.
  private static func milliseconds(_ row: UsageReport.Row, _ quantile: Double) -> String {
    guard let time = row.latency?.milliseconds(at: quantile) else { return "" }
    if time < 10 {
      let tenths = Int((time * 10).rounded())
      return "\(tenths / 10).\(tenths % 10) ms"
    }
    return "\(Int(time.rounded())) ms"
  }
}

extension UsageQuery.Grouping: ExpressibleByArgument {}
