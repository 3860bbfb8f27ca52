import GatewayKit

/// Backends as the configuration has them, one a line.
enum BackendTable {
  static func text(of backends: [BackendConfiguration]) -> String {
    var table = TextTable("BACKEND", "TRANSPORT", "WHERE", "TIMEOUT", "STATE")
    for backend in backends {
      let transport =
        switch backend.transport {
        case .http: "http"
        case .stdio: "stdio"
        }
      table.add(
        backend.name, transport, backend.place, DurationText.text(backend.timeout),
        backend.configuredState)
    }
    return table.text
  }
}
