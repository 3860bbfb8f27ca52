import ArgumentParser
import GatewayKit

struct ConfigCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Print every effective value, where it came from, and the backends.",
    discussion: "Reads, connects to nothing. Of secrets it prints only that they are set.")

  @OptionGroup var options: CommonOptions

  func run() throws {
    let configuration = try options.configuration()
    options.answer(json(configuration), text(configuration))
  }

  private func json(_ configuration: GatewayConfiguration) -> JSONValue {
    [
      "file": configuration.sourceFile.map(JSONValue.string) ?? .null,
      "settings": .array(
        configuration.provenance.map { setting in
          var entry = JSONObject([
            ("name", .string(setting.name)), ("value", .string(setting.value)),
            ("from", .string(setting.origin.kind)),
          ])
          if setting.origin != .default { entry["where"] = .string(setting.origin.description) }
          return .object(entry)
        }),
      "backends": .array(configuration.backends.map(\.json)),
      "warnings": .array(configuration.warnings.map(JSONValue.string)),
    ]
  }

  private func text(_ configuration: GatewayConfiguration) -> String {
    var settings = TextTable("SETTING", "VALUE", "FROM")
    for setting in configuration.provenance {
      settings.add(setting.name, setting.value, setting.origin.description)
    }
    var result = settings.text + "\n"
    if configuration.backends.isEmpty {
      result +=
        "No backends: write {\"mcpServers\": {…}} into \(TerminalText.line(place(configuration))).\n"
    } else {
      result += BackendTable.text(of: configuration.backends)
    }
    if !configuration.warnings.isEmpty {
      result += "\n" + configuration.warnings.map { "warning: \(TerminalText.line($0))\n" }.joined()
    }
    return result
  }

  private func place(_ configuration: GatewayConfiguration) -> String {
    configuration.sourceFile ?? configuration.searchedFiles.first ?? "gateway.json"
  }
}
