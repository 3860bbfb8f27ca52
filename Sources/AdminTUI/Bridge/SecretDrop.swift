import GatewayKit
import Glibc

/// A key in a file that only its writer can read, where no clipboard is.
enum SecretDrop {
  static func write(_ secret: Secret, named name: String) -> CopyOutcome {
    let directory =
      getenv("XDG_RUNTIME_DIR").map { String(cString: $0) }
      ?? getenv("HOME").map { String(cString: $0) } ?? "."
    let path = "\(directory)/gateway-key-\(name)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      return .unavailable("\(path) was not written: \(String(cString: strerror(errno))).")
    }
    defer { close(descriptor) }
    let bytes = Array((secret.text + "\n").utf8)
    let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count else {
      unlink(path)
      return .unavailable("\(path) was not written: \(String(cString: strerror(errno))).")
    }
    return .written(path)
  }
}
