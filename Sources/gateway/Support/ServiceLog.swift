import GatewayKit
import Glibc
import Logging

/// Where the running gateway tells what happens: standard error.
struct ServiceLog {
  let logger: Logger
  private let isJSON: Bool

  init(_ settings: LogSettings) {
    let isJSON = settings.format == .json || settings.format == .auto && isatty(STDERR_FILENO) == 0
    self.isJSON = isJSON
    var logger = Logger(label: "gateway") { label -> any LogHandler in
      if isJSON { return JSONLogHandler() }
      return SafeLogHandler(StreamLogHandler.standardError(label: label))
    }
    logger.logLevel = settings.level
    self.logger = logger
  }

  /// Tells whoever starts the gateway a line that they should read, whatever the level is.
  func announce(_ line: String) {
    guard isJSON else { return Output.complain(line, prefixed: false) }
    JSONLogHandler().log(
      event: LogEvent(
        level: .notice, message: "\(line.drop { $0 == " " })", metadata: nil, source: "gateway",
        file: #fileID, function: #function, line: #line))
  }
}
