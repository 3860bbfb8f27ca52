import GatewayKit

/// Backends as the configuration has them, one a line, with their state where a gateway says it.
enum BackendTable {
  static func text(of backends: [BackendConfiguration], live: [JSONValue]? = nil) -> String {
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
        status.map(state) ?? backend.configuredState)
    }
    return table.text
  }

  private static func state(_ status: JSONValue) -> String {
    let state = status["state"]?.stringValue ?? "unknown"
    return (status["lastError"]?.stringValue).map { "\(state): \($0)" } ?? state
  }
}
