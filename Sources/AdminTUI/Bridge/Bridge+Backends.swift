import GatewayKit

/// Asking backends from here, as `gateway backends` does.
extension Bridge {
  private func views(_ names: [String]) async -> [BackendView] {
    await BackendProbe.views(of: configuration.backends.filter { names.contains($0.name) })
  }

  func check(_ names: [String]) async {
    let lines = await views(names).map(Self.sentence)
    if lines.count == 1 {
      mailbox.put(.said(lines[0], isError: false))
    } else {
      mailbox.put(.shown(TextBox(title: "Asked from here", lines: lines)))
    }
  }

  private static func sentence(_ view: BackendView) -> String {
    let name = view.configuration.name
    guard let catalog = view.catalog else {
      return "\(name) does not answer from here: \(view.lastError ?? view.state.name)."
    }
    let eras = view.eras.map { "\($0)" }.sorted().joined(separator: " and ")
    let time = view.latency.map { " in \($0.milliseconds) ms" } ?? ""
    return
      "\(name) answers from here\(time): \(Wording.count(catalog.tools.count, "tool")), \(eras)."
  }

  func readTools(_ name: String) async {
    guard let view = await views([name]).first, let catalog = view.catalog else {
      let why = await views([name]).first.map(Self.sentence) ?? "\(name) is not configured."
      return mailbox.put(.said(why, isError: true))
    }
    let width = catalog.tools.map(\.name.count).max() ?? 0
    let lines = catalog.tools.map { tool in
      let about = (try? JSONValue.parse(tool.raw))?["description"]?.stringValue ?? ""
      let first = about.split(whereSeparator: \.isNewline).first ?? ""
      let space = String(repeating: " ", count: max(0, min(width, 40) - tool.name.count) + 2)
      return "\(tool.name)\(space)\(first)"
    }
    mailbox.put(
      .shown(
        TextBox(
          title: "\(name) offers \(Wording.count(lines.count, "tool"))",
          lines: lines.isEmpty ? ["It has no tools."] : lines)))
  }
}
