import ArgumentParser
import FoundationEssentials
import GatewayKit

/// What every command that reads the configuration takes.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Answer in JSON, errors too.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "The configuration to read.",
      discussion: "Otherwise GATEWAY_CONFIG, or the first gateway.json "
        + "of ./, ~/.config/gateway/, /etc/gateway/.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(
    name: .customLong("users-db"),
    help: ArgumentHelp("The file of users and keys.", valueName: "path"),
    completion: .file(extensions: ["json"]))
  var usersDB: String?

  @Flag(help: "Use the demo's store and backends (see gateway serve --demo).")
  var demo = false

  var flags: ConfigurationFlags {
    var flags = ConfigurationFlags()
    flags.config = config
    flags.usersDB = usersDB
    flags.demo = demo
    return flags
  }

  /// What all programs go by.
  func configuration() throws(ConfigurationError) -> GatewayConfiguration {
    try Self.load(flags)
  }

  static func load(_ flags: ConfigurationFlags) throws(ConfigurationError) -> GatewayConfiguration {
    try GatewayConfiguration.load(
      flags: flags, environment: ProcessInfo.processInfo.environment,
      directory: FileManager.default.currentDirectoryPath)
  }

  /// What a suggested command must carry to mean the same store and configuration.
  var repeated: String {
    var words = demo ? " --demo" : ""
    if let config { words += " --config \(TerminalText.line(config))" }
    if let usersDB { words += " --users-db \(TerminalText.line(usersDB))" }
    return words
  }

  /// Prints an answer in the form that was asked for.
  func answer(_ json: @autoclosure () -> JSONValue, _ text: @autoclosure () -> String) {
    if self.json { Output.print(json()) } else { Output.print(text()) }
  }
}
