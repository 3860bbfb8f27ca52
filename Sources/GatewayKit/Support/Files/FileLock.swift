import Glibc

/// An open file description lock on a file of its own (fcntl(2)): the kernel frees it however its
/// holder ends, and two holders in one process exclude each other as two processes do.
///
/// The file is never renamed or removed, or two could hold two locks.
///
/// The first byte is the lock, the second the place at its door: who wants in stands there first, so
/// that whoever waits is the next, however soon the last holder comes back.
struct FileLock: ~Copyable {
  /// `F_OFD_SETLK`, which Swift's Glibc does not have.
  private static let setLock: Int32 = 37
  private static let longestPause: UInt32 = 1000

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
    let deadline = ContinuousClock.now + patience
    guard try wait(for: 1, until: deadline) else { return false }
    defer { _ = set(Int16(F_UNLCK), 1) }
    return try wait(for: 0, until: deadline)
  }

  private func wait(
    for byte: Int, until deadline: ContinuousClock.Instant
  ) throws(FileError) -> Bool {
    var pause: UInt32 = 100
    while set(Int16(F_WRLCK), byte) != 0 {
      guard errno == EAGAIN || errno == EACCES || errno == EINTR else {
        throw FileError("lock", "")
      }
      guard ContinuousClock.now < deadline else { return false }
      usleep(pause)
      pause = min(pause * 2, Self.longestPause)
    }
    return true
  }

  private func set(_ type: Int16, _ byte: Int) -> Int32 {
    var lock = flock()
    lock.l_type = type
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = off_t(byte)
    lock.l_len = 1
    return fcntl(descriptor, Self.setLock, &lock)
  }
}
