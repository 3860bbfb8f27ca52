import Glibc

/// The one lock of all writers: `users.json.lock`. What stands in the file only says who holds it.
enum StoreLock {
  /// How long a writer waits for another.
  static let patience = Duration.seconds(5)

  /// Waits for the lock and holds it while `body` runs. Blocks: never call it on a thread that
  /// others need.
  static func whileHeld<Value>(
    storePath: String, owner: AtomicFile.Owner, patience: Duration = patience,
    _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let lock = try taken(storePath, owner, patience)
    note(lock.descriptor)
    return try body()
  }

  private static func taken(
    _ storePath: String, _ owner: AtomicFile.Owner, _ patience: Duration
  ) throws(StoreError) -> FileLock {
    let lock: FileLock
    do throws(FileError) {
      lock = try FileLock(storePath + ".lock", owner: owner)
    } catch {
      throw StoreError.from(error, storePath)
    }
    let isTaken: Bool
    do throws(FileError) {
      isTaken = try lock.take(patience: patience)
    } catch {
      throw .writeFailed(path: storePath, reason: "its lock cannot be taken: \(error.reason)")
    }
    guard isTaken else { throw .locked(owner: holder(lock.descriptor)) }
    return lock
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
