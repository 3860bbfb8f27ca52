import Glibc

/// The one lock of all writers: an open file description lock on `users.json.lock`.
///
/// The kernel frees it when its holder ends in any way; what stands in the file only says who that
/// is. The file is never renamed or removed, or two writers could hold two locks.
enum StoreLock {
  /// How long a writer waits for another.
  static let patience = Duration.seconds(5)

  /// `F_OFD_SETLK` of fcntl(2), which Swift's Glibc does not have.
  private static let setLock: Int32 = 37

  /// Waits for the lock and holds it while `body` runs. Blocks: never call it on a thread that
  /// others need.
  static func whileHeld<Value>(
    storePath: String, owner: AtomicFile.Owner, patience: Duration = patience,
    _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let path = storePath + ".lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, owner.mode & 0o666)
    guard descriptor >= 0 else { throw StoreError.from(FileError("open", path), storePath) }
    defer { close(descriptor) }
    // A lock file that root made must be one that the store's owner can open.
    if geteuid() == 0 { _ = fchown(descriptor, owner.uid, owner.gid) }
    try wait(descriptor, storePath, patience)
    note(descriptor)
    return try body()
  }

  private static func wait(
    _ descriptor: Int32, _ storePath: String, _ patience: Duration
  ) throws(StoreError) {
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    var pause: UInt32 = 500
    while true {
      var lock = flock()
      lock.l_type = Int16(F_WRLCK)
      lock.l_whence = Int16(SEEK_SET)
      if fcntl(descriptor, setLock, &lock) == 0 { return }
      guard errno == EAGAIN || errno == EACCES || errno == EINTR else {
        throw .writeFailed(
          path: storePath, reason: "its lock cannot be taken: \(String(cString: strerror(errno)))")
      }
      guard clock.now < deadline else { throw .locked(owner: holder(descriptor)) }
      usleep(pause)
      pause = min(pause * 2, 10_000)
    }
  }

  /// Says who holds the lock, for those who wait.
  private static func note(_ descriptor: Int32) {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var link = [UInt8](repeating: 0, count: 64)
    let count = readlink("/proc/self/ns/pid", &link, link.count)
    let program = CommandLine.arguments.first.map { $0.split(separator: "/").last ?? "" } ?? ""
    let owner: JSONValue = [
      "host": .string(host),
      "namespace": .string(String(decoding: link.prefix(max(0, count)), as: UTF8.self)),
      "pid": .number("\(getpid())"), "program": .string(String(program)),
      "since": .string(Timestamp.now.iso),
    ]
    let bytes = owner.bytes + [UInt8(ascii: "\n")]
    ftruncate(descriptor, 0)
    _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  /// The note, in words; it is a hint, the kernel's lock is the truth.
  private static func holder(_ descriptor: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    guard count > 0, let owner = try? JSONValue.parse(buffer[..<count]) else {
      return "another program"
    }
    let program = SafeText.line(owner["program"]?.stringValue ?? "a program")
    let host = SafeText.line(owner["host"]?.stringValue ?? "this host")
    let since = SafeText.line(owner["since"]?.stringValue ?? "some time ago")
    return "\(program) (pid \(owner["pid"]?.intValue ?? 0) on \(host), since \(since))"
  }
}
