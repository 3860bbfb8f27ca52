import GatewayKit

/// Backends, one a line, with their state where a gateway says it.
enum BackendTable {
  static func text(of backends: [BackendConfiguration]) -> String {
    table(backends, live: nil).text
  }

  static func text(of backends: KnownBackends) -> String {
    var table = table(backends.configured ?? [], live: backends.live)
    for backend in backends.onlyLive {
      table.add(
        backend["name"]?.stringValue ?? "", backend["transport"]?.stringValue ?? "",
        "not in the configuration that can be read now", "", Explanation.health(of: backend))
    }
    return table.text
  }

  private static func table(_ backends: [BackendConfiguration], live: [JSONValue]?) -> TextTable {
    var table = TextTable("BACKEND", "TRANSPORT", "WHERE", "TIMEOUT", "STATE")
    for backend in backends {
      let transport =
        switch backend.transport {
        case .http: "http"
        case .sse: "sse"
        case .stdio: "stdio"
        }
      let status = live?.first { $0["name"]?.stringValue == backend.name }
      table.add(
        backend.name, transport, backend.place, DurationText.text(backend.timeout),
        status.map { Explanation.health(of: $0) } ?? backend.configuredState)
    }
    return table
  }
}
