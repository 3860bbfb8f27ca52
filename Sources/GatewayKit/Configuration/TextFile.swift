import Glibc

/// Reads a small file whole.
enum TextFile {
  struct ReadError: Error {
    let code: Int32

    var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    /// A phrase, such as "Permission denied".
    var reason: String {
      code == EFBIG ? "it is larger than 16 MiB" : String(cString: strerror(code))
    }
  }

  private static let longest = 16 * 1_048_576

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func read(_ path: String) throws(ReadError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ReadError(code: errno) }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return content }
      if count < 0 {
        if errno == EINTR { continue }
        throw ReadError(code: errno)
      }
      content += chunk[..<count]
      if content.count > longest { throw ReadError(code: EFBIG) }
    }
  }
}
