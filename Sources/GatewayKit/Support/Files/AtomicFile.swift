import Glibc

/// Replaces a file so that at every moment it is there as it was before or as it is after, and is
/// on disk when the call returns: temporary file, fsync, rename, fsync of the directory.
package struct AtomicFile {
  private let path: String
  private let temporary: String
  private let calls: FileCalls

  /// - Parameter temporary: a name beside it that no other writer uses at the same time; drawn when
  ///   not given.
  package init(_ path: String, temporary: String? = nil, calls: FileCalls = .system) {
    self.path = path
    self.temporary =
      temporary ?? "\(path).\(Base64URL.encode(SecureRandom.bytes(9))).tmp"
    self.calls = calls
  }

  /// - Parameter beforeRename: runs once the new file is on disk and before it takes its place.
  /// - Throws: `FileError`; the file is as it was unless the error `isReplaced`.
  package func replace(
    with bytes: [UInt8], owner: Owner, beforeRename: () throws(FileError) -> Void = {}
  ) throws(FileError) {
    try prepare(bytes, owner)
    do throws(FileError) {
      try beforeRename()
      guard calls.rename(temporary, path) == 0 else { throw FileError("rename", path) }
    } catch {
      _ = calls.unlink(temporary)
      throw error
    }
    do {
      try Self.sync(directoryOf: path, calls)
    } catch {
      throw error.afterReplacing
    }
  }

  /// Makes the file where there is none, whole from its first moment.
  ///
  /// - Returns: false when there is one; it was not touched.
  package func create(with bytes: [UInt8], owner: Owner) throws(FileError) -> Bool {
    try prepare(bytes, owner)
    if calls.link(temporary, path) == 0 {
      _ = calls.unlink(temporary)
      try Self.sync(directoryOf: path, calls)
      return true
    }
    let error = FileError("link", path)
    defer { _ = calls.unlink(temporary) }
    if error.code == EEXIST { return false }
    guard error.meansNoLinks, access(path, F_OK) != 0 else { throw error }
    // Without links two that create at once cannot be told apart; the later one's file stays.
    guard calls.rename(temporary, path) == 0 else { throw FileError("rename", path) }
    try Self.sync(directoryOf: path, calls)
    return true
  }

  /// The temporary file, complete and on disk.
  private func prepare(_ bytes: [UInt8], _ owner: Owner) throws(FileError) {
    guard owner.isGivable else { throw FileError("fchown", path, EPERM) }
    _ = calls.unlink(temporary)
    let descriptor = calls.open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileError("open", temporary) }
    do {
      try fill(descriptor, bytes, owner)
    } catch {
      _ = calls.close(descriptor)
      _ = calls.unlink(temporary)
      throw error
    }
    guard calls.close(descriptor) == 0 else {
      let error = FileError("close", temporary)
      _ = calls.unlink(temporary)
      throw error
    }
  }

  private func fill(_ descriptor: Int32, _ bytes: [UInt8], _ owner: Owner) throws(FileError) {
    guard calls.fchown(descriptor, owner.uid, owner.gid) == 0 else {
      throw FileError("fchown", temporary)
    }
    guard calls.fchmod(descriptor, owner.mode & 0o7777) == 0 else {
      throw FileError("fchmod", temporary)
    }
    try Self.writeAll(bytes, to: descriptor, temporary, calls)
    guard calls.fsync(descriptor) == 0 else { throw FileError("fsync", temporary) }
  }

  static func writeAll(
    _ bytes: [UInt8], to descriptor: Int32, _ path: String, _ calls: FileCalls
  ) throws(FileError) {
    try bytes.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try writeAll(bytes, to: descriptor, path, calls) }
    }.get()
  }

  static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String, _ calls: FileCalls
  ) throws(FileError) {
    var offset = 0
    while offset < bytes.count {
      let written = calls.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[offset...]))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FileError("write", path, written == 0 ? EIO : errno) }
      offset += written
    }
  }

  package static func sync(directoryOf path: String, _ calls: FileCalls = .system) throws(FileError)
  {
    let directory = parent(of: path)
    let descriptor = calls.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw FileError("open", directory) }
    defer { _ = calls.close(descriptor) }
    guard calls.fsync(descriptor) == 0 else { throw FileError("fsync", directory) }
  }

  /// The directory that a path's last part is in.
  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
