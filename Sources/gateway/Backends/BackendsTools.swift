import ArgumentParser
import GatewayKit

struct BackendsTools: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tools",
    abstract: "List a backend's tools.",
    discussion:
      "TOOL is the backend's own name for it, as access lists and explain take it; JOINT NAME "
      + "is what clients of /mcp see. Connects from here, as gateway backends check does.")

  @Argument(help: "The backend.") var name: String
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let backends = try BackendProbe.named([name], in: try options.configuration())
    let view = await BackendProbe.views(of: backends).first
    guard let view, let catalog = view.catalog else {
      throw CommandFailure.failed(
        "backend_unavailable",
        "The backend \(name) cannot be asked: \(view?.lastError ?? "it is \(view?.state.name ?? "gone")")."
      )
    }
    if options.json {
      return Output.print([
        "backend": .string(name), "prefix": .string(view.configuration.prefix),
        "tools": .array(catalog.tools.map { (try? JSONValue.parse($0.raw)) ?? .null }),
      ])
    }
    guard !catalog.tools.isEmpty else { return Output.print("\(name) has no tools.") }
    var table = TextTable("TOOL", "JOINT NAME", "DESCRIPTION")
    for tool in catalog.tools {
      table.add(
        tool.name, JointName.of(tool.name, prefix: view.configuration.prefix),
        Self.firstLine(of: tool))
    }
    Output.print(table.text)
  }

  /// A description can be a page; a table has room for a line.
  private static func firstLine(of tool: CatalogItem) -> String {
    let value = try? JSONValue.parse(tool.raw)
    let line = value?["description"]?.stringValue?.split(whereSeparator: \.isNewline).first ?? ""
    return line.count <= 100 ? String(line) : "\(line.prefix(99))…"
  }
}
