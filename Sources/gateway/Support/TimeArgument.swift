import ArgumentParser
import GatewayKit

/// A moment on the command line.
enum TimeArgument {
  /// - Throws: `ValidationError` that names the option.
  static func parse(_ text: String, option: String) throws -> Timestamp {
    if let ago = DurationText.parse(text) { return Timestamp.now.advanced(by: .zero - ago) }
    if let time = Timestamp(parsing: text) ?? Timestamp(parsing: "\(text)T00:00:00") { return time }
    throw ValidationError(
      "\(option) takes a time such as 2026-03-31, 2026-03-31T12:00:00Z or 2h, and not "
        + TerminalText.line(text))
  }
}
