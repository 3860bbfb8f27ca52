import ArgumentParser
import GatewayKit

struct BackendsCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Connect to each backend and say what it offers, or what is wrong.",
    discussion:
      "Connects from here, whether a gateway runs or not; a stdio backend is started for it "
      + "and stopped again. Waits at most 10 seconds for an answer. Exits with 1 when one that should "
      + "work does not.")

  @Argument(help: "Only these backends.") var names: [String] = []
  @OptionGroup var options: CommonOptions

  func run() async throws {
    let backends = try BackendProbe.named(names, in: try options.configuration())
    let views = await BackendProbe.views(of: backends)
    options.answer(
      ["backends": .array(views.map(json))],
      views.isEmpty ? "No backends are configured." : table(views))
    if views.contains(where: { $0.state != .up && $0.state != .disabled }) { throw ExitCode(1) }
  }

  private func json(_ view: BackendView) -> JSONValue {
    var entry = JSONObject([
      ("name", .string(view.configuration.name)), ("state", .string(view.state.name)),
      ("error", view.lastError.map(JSONValue.string) ?? .null),
      ("versions", .array(view.versions.map(JSONValue.string))),
    ])
    for (name, count) in counts(view) { entry[name] = .number("\(count)") }
    entry["latencyMilliseconds"] = view.latency.map { .number("\($0.milliseconds)") } ?? .null
    return .object(entry)
  }

  private func counts(_ view: BackendView) -> [(String, Int)] {
    guard let catalog = view.catalog else { return [] }
    return [
      ("tools", catalog.tools.count), ("prompts", catalog.prompts.count),
      ("resources", catalog.resources.count), ("templates", catalog.templates.count),
    ]
  }

  private func table(_ views: [BackendView]) -> String {
    var table = TextTable("BACKEND", "STATE", "OFFERS", "VERSIONS", "LATENCY", "WHAT IS WRONG")
    for view in views {
      let offers = counts(view).filter { $0.1 > 0 }.map { name, count in
        "\(count) \(count == 1 ? String(name.dropLast()) : name)"
      }
      table.add(
        view.configuration.name, view.state.name, offers.joined(separator: ", "),
        view.versions.joined(separator: " "), view.latency.map { "\($0.milliseconds) ms" } ?? "",
        view.lastError ?? "")
    }
    return table.text
  }
}
