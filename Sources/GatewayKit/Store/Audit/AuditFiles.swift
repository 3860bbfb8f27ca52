import Glibc

/// The files of a log: the one that is written, and those put aside before it, by the gateway or by
/// whatever else on the machine puts logs aside.
package enum AuditFiles {
  /// Whether there is anything of a log at the path.
  package static func isThere(_ path: String) -> Bool { !all(path).isEmpty }

  /// Whether there ever was: the head is there without its log.
  package static func wasThere(_ path: String) -> Bool {
    access(AuditLog.beside(path, "head"), F_OK) == 0
  }

  /// Those that are there, oldest first.
  static func all(_ path: String) -> [String] {
    aside(path) + (access(path, F_OK) == 0 ? [path] : [])
  }

  /// Those put aside, in the order of their lines: `audit.jsonl.ANYTHING` that begins with a line of
  /// a log.
  static func aside(_ path: String) -> [String] {
    let directory = AtomicFile.parent(of: path)
    let name = String(path.split(separator: "/").last ?? "")
    var files: [(path: String, first: UInt64)] = []
    for found in Directory.names(in: directory) ?? [] where found.hasPrefix(name + ".") {
      let file = "\(directory)/\(found)"
      if let first = firstSequence(of: file) { files.append((file, first)) }
    }
    return files.sorted { $0.first < $1.first }.map(\.path)
  }

  private static func firstSequence(of path: String) -> UInt64? {
    var found: AuditPosition?
    guard var reader = try? LineFile(path) else { return nil }
    _ = try? reader.forEachLine { line in
      found = AuditSealer.position(of: line)
      return false
    }
    return found?.sequence
  }

  /// Where a file ends; nil when its last line is none.
  static func end(of path: String) throws(FileError) -> AuditPosition? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("fstat", path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError("read", path, EINVAL) }
    let line = try LineFile.last(of: descriptor, path, size: Int64(status.st_size)).line
    return line.withUnsafeBytes { AuditSealer.position(of: $0) }
  }
}
