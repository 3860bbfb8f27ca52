import Glibc

/// Gives the lines of a log that are appended from now on, past files that are put aside.
///
/// It goes by the lines' numbers: wherever a file went, each line is given once.
package struct AuditFollower {
  private let path: String
  private let query: AuditQuery
  private var inode: ino_t = 0
  private var offset: Int64 = 0
  /// The number of the last line that was read.
  private var last: UInt64 = 0

  /// Goes out from the end that the log has now.
  package init(_ path: String, _ query: AuditQuery) {
    self.path = path
    self.query = query
    var status = stat()
    if stat(path, &status) == 0 {
      inode = status.st_ino
      offset = Int64(status.st_size)
    }
    last = AuditFiles.all(path).reversed().lazy.compactMap { Self.lastNumber(of: $0) }.first ?? 0
  }

  /// Gives each line since the last call that matches.
  package mutating func forEachLine(_ body: (UnsafeRawBufferPointer) -> Void) throws {
    var status = stat()
    guard stat(path, &status) == 0, status.st_ino != inode || Int64(status.st_size) != offset
    else { return }
    // What is open here is what is read, though it may be put aside meanwhile; what came before it is by now.
    var file = try LineFile(path)
    if file.inode != inode || file.size < offset {
      for path in AuditFiles.aside(path) where Self.lastNumber(of: path) ?? 0 > last {
        var file = try LineFile(path)
        try read(&file, body)
      }
      inode = file.inode
      offset = 0
    }
    file.go(to: offset)
    try read(&file, body)
    offset += file.consumed
  }

  private static func lastNumber(of file: String) -> UInt64? {
    (try? AuditFiles.end(of: file))?.sequence
  }

  private mutating func read(
    _ file: inout LineFile, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws {
    let matcher = query.matcher
    var newest = last
    try file.forEachLine { line in
      if let number = AuditSealer.position(of: line)?.sequence {
        guard number > newest else { return true }
        newest = number
      }
      if matcher.matches(line) { body(line) }
      return true
    }
    last = newest
  }
}
