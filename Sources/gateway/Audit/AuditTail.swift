import ArgumentParser
import GatewayKit

struct AuditTail: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tail", abstract: "Show the newest events.")

  @Option(
    name: [.customShort("n"), .long], help: ArgumentHelp("How many.", valueName: "number"))
  var lines = 20

  @Flag(name: [.customShort("f"), .long], help: "Go on with events as they come.")
  var follow = false

  @OptionGroup var filter: AuditFilter
  @OptionGroup var options: CommonOptions

  func validate() throws {
    guard (0...100_000).contains(lines) else {
      throw ValidationError("--lines takes a number from 0 to 100000")
    }
  }

  func run() async throws {
    let path = try options.auditPath()
    let query = try filter.query()
    await options.noteUnknown(filter.user)
    var follower = AuditFollower(path, query)
    try AuditOutput.read {
      try query.search(path, newest: lines) { AuditOutput.print($0, json: options.json) }
    }
    while follow {
      try await Task.sleep(for: .milliseconds(300))
      try AuditOutput.read {
        try follower.forEachLine { _ = AuditOutput.print(Array($0), json: options.json) }
      }
    }
  }
}
