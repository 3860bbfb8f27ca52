import ArgumentParser
import GatewayKit

struct BackendsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the configured backends, with their state where a gateway runs.")

  @OptionGroup var options: CommonOptions

  func run() throws {
    let configuration = try options.configuration()
    let live = try? GatewaySocket(configuration).get("/status")["backends"]?.arrayValue
    if options.json {
      return Output.print([
        "running": .bool(live != nil),
        "backends": .array(configuration.backends.map { entry($0, live) }),
      ])
    }
    guard !configuration.backends.isEmpty else {
      return Output.print(
        "No backends are configured: gateway config check says where to write them.")
    }
    Output.print(BackendTable.text(of: configuration.backends, live: live))
  }

  private func entry(_ backend: BackendConfiguration, _ live: [JSONValue]?) -> JSONValue {
    guard case .object(var entry) = backend.json else { return .null }
    entry["live"] = live?.first { $0["name"]?.stringValue == backend.name } ?? .null
    return .object(entry)
  }
}
