import GatewayKit
import Logging

/// Logs one line a message, whatever a backend or a client put into it: control characters and line
/// ends are shown as escapes.
struct SafeLogHandler: LogHandler {
  private var inner: any LogHandler

  init(_ inner: any LogHandler) { self.inner = inner }

  var logLevel: Logger.Level {
    get { inner.logLevel }
    set { inner.logLevel = newValue }
  }

  var metadata: Logger.Metadata {
    get { inner.metadata }
    set { inner.metadata = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { inner[metadataKey: key] }
    set { inner[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) {
    var event = event
    event.message = "\(SafeText.line(event.message.description))"
    inner.log(event: event)
  }
}
