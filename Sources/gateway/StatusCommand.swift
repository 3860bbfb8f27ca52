import ArgumentParser
import GatewayKit

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how the running gateway and its backends are.",
    discussion: "Asks the gateway over its owner-only socket; exits with 1 when none runs.")

  @OptionGroup var options: CommonOptions

  func run() throws {
    let status = try GatewaySocket(try options.configuration()).get("/status")
    options.answer(status, StatusText.make(status))
  }
}
