import GatewayKit
import Glibc

/// Standard output and standard error.
enum Output {
  /// Whether the command line asks for JSON, known even when it could not be parsed.
  static var wantsJSON: Bool {
    CommandLine.arguments.dropFirst().prefix { $0 != "--" }.contains("--json")
  }

  /// Writes `text` and a line end to standard output, all of it or the process fails.
  static func print(_ text: String) {
    var text = text
    if !text.hasSuffix("\n") { text += "\n" }
    guard write(text, to: STDOUT_FILENO) else {
      complain(
        "standard output cannot be written: \(String(cString: strerror(errno)))", prefixed: true)
      exit(1)
    }
  }

  /// Writes `text` as it is to standard output.
  static func show(_ text: String) {
    guard write(text, to: STDOUT_FILENO) else { exit(1) }
  }

  /// Writes one line of JSON to standard output.
  static func print(_ value: JSONValue) { print(TerminalText.json(value)) }

  /// Writes one line to standard error.
  static func complain(_ text: String, prefixed: Bool) {
    _ = write(
      (prefixed ? "gateway: " : "") + text + (text.hasSuffix("\n") ? "" : "\n"), to: STDERR_FILENO)
  }

  /// Writes a question to standard error, so that the answer stands in the same line.
  static func ask(_ question: String) {
    _ = write(question, to: STDERR_FILENO)
  }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          return false
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return true
    }
  }
}
