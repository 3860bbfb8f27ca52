import ArgumentParser
import GatewayKit
import Glibc

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how the running gateway and its backends are.",
    discussion: "Asks the gateway over its owner-only socket; exits with 1 when none runs.")

  @Flag(name: [.customShort("w"), .long], help: "Show it anew each second, until Ctrl-C.")
  var watch = false

  @OptionGroup var options: CommonOptions

  /// Home, and what stands below the last line of before is cleared.
  private static let home = "\u{1B}[H"
  private static let clear = "\u{1B}[2J"
  private static let clearBelow = "\u{1B}[J"
  private static let clearLine = "\u{1B}[K"

  func run() async throws {
    let socket = GatewaySocket(try options.configuration(for: .gateway))
    guard watch else {
      let status = try socket.get("/status")
      return options.answer(status, StatusText.make(status))
    }
    let isTerminal = isatty(STDOUT_FILENO) == 1 && !options.json
    if isTerminal { Output.show(Self.home + Self.clear) }
    while true {
      let status = try socket.get("/status")
      if isTerminal {
        let lines = StatusText.make(status).split(
          separator: "\n", omittingEmptySubsequences: false)
        // Over what was there, so that nothing flickers.
        Output.show(
          Self.home + lines.joined(separator: "\(Self.clearLine)\n") + Self.clearBelow)
      } else {
        options.answer(status, StatusText.make(status))
      }
      try await Task.sleep(for: .seconds(1))
    }
  }
}
