import Glibc

/// What tells one state of a file from another without reading it.
package struct FileSignature: Equatable, Sendable {
  let device: UInt64
  let inode: UInt64
  let size: Int64
  /// Nanoseconds since 1970.
  let modified: Int64
  let changed: Int64

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
  }

  /// Of the file that a path leads to, symbolic links followed; nil when there is none.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Whether a later write in place would show: the kernel's time stamps move in steps of up to
  /// ten milliseconds, and one that was made in this step could leave them as they are.
  var isSettled: Bool {
    Timestamp.now.microseconds - max(modified, changed) / 1000 > 20_000
  }
}
