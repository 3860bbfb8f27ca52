import Glibc

/// An open file description lock on a file of its own (fcntl(2)): the kernel frees it however its
/// holder ends, and two holders in one process exclude each other as two processes do.
///
/// The file is never renamed or removed, or two could hold two locks.
struct FileLock: ~Copyable {
  /// `F_OFD_SETLK`, which Swift's Glibc does not have.
  private static let setLock: Int32 = 37

  let descriptor: Int32

  /// Opens the lock's file, made for `owner` where there is none; takes nothing yet.
  init(_ path: String, owner: AtomicFile.Owner) throws(FileError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, owner.mode & 0o666)
    guard descriptor >= 0 else { throw FileError("open", path) }
    // A lock file that root made must be one that the owner can open.
    if geteuid() == 0 { _ = fchown(descriptor, owner.uid, owner.gid) }
  }

  deinit { close(descriptor) }

  /// Waits for the lock, which is held until this value ends. Blocks.
  ///
  /// - Returns: false when another held it all the time.
  func take(patience: Duration) throws(FileError) -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    var pause: UInt32 = 500
    while true {
      var lock = flock()
      lock.l_type = Int16(F_WRLCK)
      lock.l_whence = Int16(SEEK_SET)
      if fcntl(descriptor, Self.setLock, &lock) == 0 { return true }
      guard errno == EAGAIN || errno == EACCES || errno == EINTR else {
        throw FileError("lock", "")
      }
      guard clock.now < deadline else { return false }
      usleep(pause)
      pause = min(pause * 2, 10_000)
    }
  }
}
