import GatewayKit
import Glibc

/// Files that only their writer can read: a key where no clipboard is, an export.
enum SecretDrop {
  static func write(_ secret: Secret, named name: String) -> CopyOutcome {
    let directory =
      getenv("XDG_RUNTIME_DIR").map { String(cString: $0) }
      ?? getenv("HOME").map { String(cString: $0) } ?? "."
    let path = "\(directory)/gateway-key-\(name)"
    do throws(FileError) {
      try create(path, secret.text + "\n")
      return .written(path)
    } catch {
      return .unavailable("\(path) was not written: \(error.reason).")
    }
  }

  /// A file that was not there, and no link is followed to it.
  static func create(_ path: String, _ text: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        let error = FileError("write", path)
        unlink(path)
        throw error
      }
      rest = rest.dropFirst(count)
    }
  }
}
