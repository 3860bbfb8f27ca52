import ArgumentParser
import GatewayKit

/// What `serve --demo` starts four times; of no use to anybody else, so help does not show it.
struct DemoServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo-server",
    abstract: "Be one of the demo's MCP servers on standard input and output.",
    shouldDisplay: false)

  @Argument(help: "erpnext, wave, truenas or homeassistant.") var name: String

  func run() async throws {
    try await DemoServer.run(named: name)
  }
}
