import GatewayKit

extension BackendConfiguration {
  /// What may be shown: where it is and how it is set, never the values of headers and variables.
  var json: JSONValue {
    var entry = JSONObject([("name", .string(name))])
    if let title { entry["title"] = .string(title) }
    switch transport {
    case .http(let url, let headers):
      entry["transport"] = "http"
      entry["url"] = .string(url.description)
      entry["headers"] = .array(headers.map { .string($0.name) })
    case .sse(let url, let headers):
      entry["transport"] = "sse"
      entry["url"] = .string(url.description)
      entry["headers"] = .array(headers.map { .string($0.name) })
    case .stdio(let command, let arguments, let environment, let directory):
      entry["transport"] = "stdio"
      entry["command"] = .string(command)
      entry["arguments"] = .number("\(arguments.count)")
      entry["environment"] = .array(environment.keys.sorted().map(JSONValue.string))
      if let directory { entry["directory"] = .string(directory) }
    }
    entry["prefix"] = .string(prefix)
    entry["timeout_ms"] = .number("\(timeout.milliseconds)")
    entry["disabled"] = .bool(disabled)
    if let unavailable { entry["unavailable"] = .string(unavailable) }
    return .object(entry)
  }

  /// Where it is, in one line. Arguments can hold secrets, so they are only counted.
  var place: String {
    switch transport {
    case .http(let url, _), .sse(let url, _): url.description
    case .stdio(let command, let arguments, _, _):
      arguments.isEmpty
        ? command
        : "\(command) (\(arguments.count) \(arguments.count == 1 ? "argument" : "arguments"))"
    }
  }

  /// What the configuration alone says about its state.
  var configuredState: String {
    if disabled { return "disabled" }
    if let unavailable { return "not started: \(unavailable)" }
    return "configured"
  }
}
