import CSyscalls
import Glibc

/// Tells, without blocking, whether the users' file may have changed since it was last asked.
///
/// One for each event loop: those who share a descriptor would take each other's events. It watches
/// the directory, because a rename gives the file a new inode, and minds only the file's own name:
/// other files live next door. Where a directory gives no events it looks at the file each time.
///
/// The first answer is always yes: what happened before it watched is unknown.
package struct StoreChangeProbe: ~Copyable {
  private let storePath: String
  private let directory: String
  private let name: [UInt8]
  private var descriptor: Int32 = -1
  private var last: FileSignature?
  private var isFirst = true
  private var buffer: UnsafeMutableRawBufferPointer

  private static let events =
    UInt32(IN_MOVED_TO) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM)
    | UInt32(IN_CREATE) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)

  package init(storePath: String) {
    let storePath = StorePath.resolved(storePath)
    self.storePath = storePath
    directory = AtomicFile.parent(of: storePath)
    name = Array((storePath.split(separator: "/").last.map(String.init) ?? storePath).utf8)
    buffer = .allocate(byteCount: 16_384, alignment: 8)
    watch()
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Whether events arrive, as against looking at the file each time.
  package var hasEvents: Bool { descriptor >= 0 }

  /// The descriptor that `poll(2)` can wait on; -1 without events.
  var pollDescriptor: Int32 { descriptor }

  private mutating func watch() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    guard Self.isLocal(directory) else { return }
    descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { return }
    if inotify_add_watch(descriptor, directory, Self.events) < 0 || !arrive() {
      close(descriptor)
      descriptor = -1
    }
  }

  /// Makes, renames and removes a file beside the store and looks whether that was told. A directory
  /// that cannot be written is believed.
  private func arrive() -> Bool {
    let path = "\(storePath).probe-\(Base64URL.encode(SecureRandom.bytes(9)))"
    let made = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard made >= 0 else { return true }
    close(made)
    _ = rename(path, path + "-2")
    unlink(path + "-2")
    return read(descriptor, buffer.baseAddress, buffer.count) > 0
  }

  /// File systems that other machines write to tell nothing of what those do (statfs(2)).
  private static func isLocal(_ directory: String) -> Bool {
    let remote: Set<Int> = [
      0x6969, 0xFF53_4D42, 0xFE53_4D42, 0x517B, 0x0102_1997, 0x6573_5546, 0x5346_414F, 0x00C3_6400,
    ]
    return !remote.contains(gateway_file_system_type(directory))
  }

  package mutating func changed() -> Bool {
    if isFirst {
      isFirst = false
      if descriptor < 0 { _ = fileChanged() }
      return true
    }
    guard descriptor >= 0 else { return fileChanged() }
    var changed = false
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      guard count > 0 else { break }
      if take(count) { changed = true }
      if count < buffer.count / 2 { break }
    }
    return changed
  }

  private mutating func take(_ count: Int) -> Bool {
    var changed = false
    var offset = 0
    while offset + 16 <= count {
      let mask = buffer.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
      let length = Int(buffer.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
      let lost =
        UInt32(IN_Q_OVERFLOW) | UInt32(IN_IGNORED) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
      if mask & lost != 0 {
        changed = true
        if mask & ~UInt32(IN_Q_OVERFLOW) & lost != 0 {
          watch()
          return true
        }
      } else if isName(offset + 16, length) {
        changed = true
      }
      offset += 16 + length
    }
    return changed
  }

  /// Whether the event's name, padded with zeros, is the file's.
  private func isName(_ start: Int, _ length: Int) -> Bool {
    guard length > name.count, buffer[start + name.count] == 0 else { return false }
    for index in 0..<name.count where buffer[start + index] != name[index] { return false }
    return true
  }

  /// Opening makes network file systems ask their server (close-to-open consistency), as stat(2)
  /// alone does not.
  private mutating func fileChanged() -> Bool {
    var status = stat()
    let file = open(storePath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    let isThere = file >= 0 && fstat(file, &status) == 0
    if file >= 0 { close(file) }
    let now = isThere ? FileSignature(status) : nil
    guard now != last else { return false }
    last = now
    // A directory that was away may be back.
    watch()
    return true
  }
}
