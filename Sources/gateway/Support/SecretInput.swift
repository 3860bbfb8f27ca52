import GatewayKit
import Glibc

/// Keys come in by standard input, because everyone on the machine can read a command line.
enum SecretInput {
  private static let longest = 4_096

  /// Reads one line from standard input, without echo on a terminal.
  static func readLine(prompt: String) throws(CommandFailure) -> String {
    let isTerminal = isatty(STDIN_FILENO) == 1
    var settings = termios()
    if isTerminal {
      Output.ask("\(prompt) ")
      tcgetattr(STDIN_FILENO, &settings)
      var silent = settings
      silent.c_lflag &= ~tcflag_t(ECHO)
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    }
    defer {
      if isTerminal {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        Output.ask("\n")
      }
    }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count <= longest {
      let count = read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count <= 0 || byte == UInt8(ascii: "\n") { break }
      line.append(byte)
    }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    let text = String(decoding: line, as: UTF8.self).trimmed
    guard !text.isEmpty, line.count <= longest else {
      throw .usage("Standard input held no key; give it one key in one line.")
    }
    return text
  }
}

extension String {
  /// Without spaces and tabs at both ends, as they come with copying.
  fileprivate var trimmed: String {
    var rest = self[...]
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return String(rest)
  }
}
