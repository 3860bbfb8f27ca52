import ArgumentParser
import GatewayKit

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract: "Print the version and the protocol versions that it speaks.")

  @Flag(help: "Answer in JSON.")
  var json = false

  func run() {
    let protocols = ProtocolVersion.allCases.map(\.rawValue)
    if json {
      let body: JSONValue = [
        "version": .string(GatewayVersion.text),
        "protocol_versions": .array(protocols.map(JSONValue.string)),
      ]
      Output.print(body)
    } else {
      Output.print("gateway \(GatewayVersion.text)\nMCP \(protocols.joined(separator: ", "))")
    }
  }
}
