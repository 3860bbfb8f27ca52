import GatewayKit
import Glibc

/// Keys come in by standard input, because everyone on the machine can read a command line.
enum SecretInput {
  private static let longest = 4_096

  /// Reads one line from standard input, without echo on a terminal.
  static func readLine(prompt: String) throws(CommandFailure) -> String {
    let line = isatty(STDIN_FILENO) == 1 ? try typed(prompt) : bytes { $0 == UInt8(ascii: "\n") }
    let text = String(decoding: line, as: UTF8.self).trimmed
    guard !text.isEmpty, line.count <= longest else {
      throw .usage("Standard input held no key; give it one key in one line.")
    }
    return text
  }

  /// What is typed or pasted up to the return key. The terminal neither shows it nor makes signals
  /// of it meanwhile, so that it is never left without echo.
  private static func typed(_ prompt: String) throws(CommandFailure) -> [UInt8] {
    Output.ask("\(prompt) ")
    var settings = termios()
    tcgetattr(STDIN_FILENO, &settings)
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    var isCancelled = false
    let line = bytes { byte in
      isCancelled = byte == 0x03
      return isCancelled || byte == 0x04 || byte == UInt8(ascii: "\n")
    }
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
    Output.ask("\n")
    if isCancelled { throw .failed("not_confirmed", "Nothing was changed.") }
    return line.reduce(into: []) { line, byte in
      if byte == 0x7f || byte == 0x08 {
        _ = line.popLast()
      } else {
        line.append(byte)
      }
    }
  }

  /// Standard input up to the byte that ends it, byte by byte, so that nothing behind it is taken.
  private static func bytes(upTo isEnd: (UInt8) -> Bool) -> [UInt8] {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count <= longest {
      let count = read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count <= 0 || isEnd(byte) { break }
      line.append(byte)
    }
    return line
  }
}

extension String {
  /// Without the spaces, tabs and carriage returns at both ends that come with copying.
  fileprivate var trimmed: String {
    var rest = self[...]
    while let first = rest.unicodeScalars.first, " \t\r".unicodeScalars.contains(first) {
      rest.unicodeScalars.removeFirst()
    }
    while let last = rest.unicodeScalars.last, " \t\r".unicodeScalars.contains(last) {
      rest.unicodeScalars.removeLast()
    }
    return String(rest)
  }
}
