import Glibc

/// Where the console says what it has to say before and after the screen is its own.
enum StandardError {
  static func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
