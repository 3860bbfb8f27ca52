import Glibc

extension StoreError {
  /// What a failed look at a file, with `code` of errno(3), means.
  static func reading(_ path: String, _ code: Int32) -> StoreError {
    .inaccessible(
      path: path, reason: code == EACCES ? denial(at: path) : String(cString: strerror(code)))
  }

  /// What a failed call means for who wanted the store at `path` written.
  static func from(_ error: FileError, _ path: String) -> StoreError {
    switch error.code {
    case ENOSPC, EDQUOT: .diskFull(path: path)
    case EROFS: .readOnly(path: path, reason: "its file system is mounted read-only")
    case EACCES, EPERM: .readOnly(path: path, reason: denial(at: path))
    // A mount point cannot be renamed over (EBUSY), nor linked from its own directory (EXDEV).
    case EBUSY, EXDEV: .mountedFile(path: path)
    case ENOENT where error.call == "open":
      .writeFailed(
        path: path,
        reason: "its directory \(AtomicFile.parent(of: path)) does not exist; make it first")
    default: .writeFailed(path: path, reason: "\(error.call) failed: \(error.reason)")
    }
  }
}
