import GatewayKit
import Logging

/// Logs one JSON object a line to standard error: `time`, `level`, `message`, then what else is known.
struct JSONLogHandler: LogHandler {
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = JSONObject([
      ("time", .string(Timestamp.now.iso)), ("level", .string(event.level.rawValue)),
      ("message", .string(event.message.description)),
    ])
    let metadata = metadata.merging(event.metadata ?? [:]) { $1 }
    for (name, value) in metadata.sorted(by: { $0.key < $1.key }) where line[name] == nil {
      line[name] = .string(value.description)
    }
    Output.complain(JSONValue.object(line).text, prefixed: false)
  }
}
