import Glibc

extension StoreError {
  /// Why this process was not let at `path`, as far as owner and mode tell, and what cures it:
  /// the words after "permission denied". A container's volume that belongs to another uid is the
  /// usual case.
  ///
  /// - Parameter path: a file, which need not be there.
  static func denial(at path: String) -> String {
    let directory = AtomicFile.parent(of: path)
    // Without search and write permission on the directory, nothing of the file matters.
    let culprit =
      access(path, F_OK) == 0 && access(directory, W_OK | X_OK) == 0 ? path : directory
    var status = stat()
    guard stat(culprit, &status) == 0 else { return "permission denied" }
    let (uid, gid) = (geteuid(), getegid())
    if status.st_uid != uid {
      return "permission denied: \(culprit) belongs to uid \(status.st_uid), and this runs as uid "
        + "\(uid); as root: chown -R \(uid):\(gid) \(culprit)"
    }
    let mode = String(status.st_mode & 0o7777, radix: 8)
    return "permission denied: the mode of \(culprit) is \(mode); run: chmod u+rwX \(culprit)"
  }
}
