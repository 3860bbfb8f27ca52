import ArgumentParser
import GatewayKit

struct BackendsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the configured backends, with their state where a gateway runs.",
    discussion:
      "A running gateway's are listed also when the configuration has them no longer, or cannot be read."
  )

  @OptionGroup var options: CommonOptions

  func run() throws {
    let configuration = try options.configuration(for: .gateway)
    let backends = KnownBackends(configuration)
    if let error = configuration.unreadFile, backends.live == nil { throw error }
    if options.json {
      let configured = (backends.configured ?? []).map { entry($0, backends.live) }
      return Output.print([
        "running": .bool(backends.live != nil),
        "backends": .array(configured + backends.onlyLive.map(entry)),
      ])
    }
    guard backends.names?.isEmpty == false else {
      return Output.print(
        "No backends are configured: gateway config check says where to write them.")
    }
    Output.print(BackendTable.text(of: backends))
  }

  private func entry(_ backend: BackendConfiguration, _ live: [JSONValue]?) -> JSONValue {
    guard case .object(var entry) = backend.json else { return .null }
    entry["configured"] = .bool(true)
    entry["live"] = live?.first { $0["name"]?.stringValue == backend.name } ?? .null
    return .object(entry)
  }

  private func entry(_ live: JSONValue) -> JSONValue {
    [
      "name": live["name"] ?? .null, "transport": live["transport"] ?? .null,
      "configured": .bool(false), "live": live,
    ]
  }
}
