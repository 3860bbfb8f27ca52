import ArgumentParser
import GatewayKit

struct ConfigPath: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path",
    abstract: "Print which file is read.",
    discussion: "Without one, exits with 3 and says where it was looked for.")

  @OptionGroup var options: CommonOptions

  func run() throws {
    let configuration = try options.configuration()
    guard let path = configuration.sourceFile else {
      if configuration.isDemo {
        throw CommandFailure.notFound("config_missing", "The demo reads no configuration file.")
      }
      throw CommandFailure.notFound(
        "config_missing",
        "There is no configuration file; looked for \(configuration.searchedFiles.joined(separator: ", "))."
      )
    }
    options.answer(["path": .string(path)], path)
  }
}
