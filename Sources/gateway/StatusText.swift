import GatewayKit

/// `GET /status` for people.
enum StatusText {
  static func make(_ status: JSONValue) -> String {
    var fields = FieldList()
    fields.add("version", status["version"]?.stringValue)
    fields.add("listening", status["listen"]?.stringValue)
    fields.add("up for", status["uptimeSeconds"]?.intValue.map(uptime))
    if status["demo"]?.boolValue == true { fields.add("demo", "yes: nothing here is real") }
    if let store = status["store"] {
      fields.add("store", store["path"]?.stringValue)
      fields.add("state", state(of: store))
    }
    if let audit = status["audit"] { fields.add("audit log", log(audit)) }
    fields.add("connections", status["connections"]?.intValue.map(String.init))
    fields.add("sessions", status["sessions"]?.intValue.map(String.init))
    var result = fields.text
    let backends = status["backends"]?.arrayValue ?? []
    if backends.isEmpty {
      result += "\nNo backends are configured.\n"
    } else {
      result += "\n" + table(backends)
    }
    for warning in status["warnings"]?.arrayValue ?? [] {
      result += "warning: \(TerminalText.line(warning.stringValue ?? warning.text))\n"
    }
    return result
  }

  private static func state(of store: JSONValue) -> String {
    let state = store["state"]?.stringValue ?? "unknown"
    let generation = store["generation"]?.intValue.map { ", generation \($0)" } ?? ""
    return (store["error"]?.stringValue).map { "\(state): \($0)" } ?? state + generation
  }

  private static func log(_ audit: JSONValue) -> String {
    if let error = audit["error"]?.stringValue { return error }
    guard let line = audit["sequence"]?.intValue else { return "nothing in it yet" }
    return "line \(line), mac \(audit["mac"]?.stringValue?.prefix(16) ?? "")…"
  }

  static func table(_ backends: [JSONValue]) -> String {
    var table = TextTable(
      "BACKEND", "STATE", "SINCE", "TOOLS", "PROMPTS", "RESOURCES", "LATENCY", "LAST ERROR")
    for backend in backends {
      let count: (String) -> String = { backend[$0]?.intValue.map(String.init) ?? "" }
      table.add(
        backend["name"]?.stringValue ?? "", backend["state"]?.stringValue ?? "",
        (backend["since"]?.stringValue).flatMap { Timestamp(parsing: $0)?.shown } ?? "",
        count("tools"), count("prompts"), count("resources"),
        latency(backend),
        backend["lastError"]?.stringValue ?? "")
    }
    return table.text
  }

  private static func latency(_ backend: JSONValue) -> String {
    guard case .number(let milliseconds) = backend["latencyMilliseconds"] else { return "" }
    return "\(milliseconds) ms"
  }

  /// Of a number of seconds.
  static func duration(_ seconds: JSONValue?) -> String {
    seconds?.intValue.map(uptime) ?? ""
  }

  /// `3 d 4 h`, `12 m 5 s`: the two largest units.
  private static func uptime(_ seconds: Int) -> String {
    let parts = [
      (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"),
      (seconds % 60, "s"),
    ]
    let first = parts.firstIndex { $0.0 > 0 } ?? 3
    return parts[first..<min(first + 2, 4)].map { "\($0.0) \($0.1)" }.joined(separator: " ")
  }
}
