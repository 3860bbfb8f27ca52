import Glibc

/// Gives the lines of a log that are appended from now on, past files that are put aside.
package struct AuditFollower {
  private let path: String
  private let query: AuditQuery
  private var inode: ino_t = 0
  private var offset: Int64 = 0

  /// Goes out from the end that the log has now.
  package init(_ path: String, _ query: AuditQuery) {
    self.path = path
    self.query = query
    var status = stat()
    if stat(path, &status) == 0 {
      inode = status.st_ino
      offset = Int64(status.st_size)
    }
  }

  /// The lines since the last call that match.
  package mutating func next() throws -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    if status.st_ino != inode || Int64(status.st_size) < offset {
      // What was appended before it was put aside is in the newest of those.
      if status.st_ino != inode, offset > 0, let aside = AuditFiles.aside(path).last {
        lines += try read(aside)
      }
      inode = status.st_ino
      offset = 0
    }
    if Int64(status.st_size) > offset { lines += try read(path) }
    return lines
  }

  private mutating func read(_ file: String) throws -> [[UInt8]] {
    let matcher = query.matcher
    var lines: [[UInt8]] = []
    var end = offset
    var reader = try LineFile(file, from: offset)
    try reader.forEachLine { line in
      end += Int64(line.count) + 1
      if matcher.matches(line) { lines.append(Array(line)) }
      return true
    }
    offset = end
    return lines
  }
}
