import Glibc

/// Replaces a file so that at every moment it is there as it was before or as it is after, and is
/// on disk when the call returns: temporary file, fsync, rename, fsync of the directory.
package struct AtomicFile {
  /// Whose the new file is, and who may read it.
  package struct Owner: Equatable, Sendable {
    package var uid: uid_t
    package var gid: gid_t
    package var mode: mode_t

    package init(uid: uid_t, gid: gid_t, mode: mode_t) {
      self.uid = uid
      self.gid = gid
      self.mode = mode
    }
  }

  private let path: String
  private let calls: FileCalls

  package init(_ path: String, calls: FileCalls = .system) {
    self.path = path
    self.calls = calls
  }

  /// - Parameter beforeRename: runs once the new file is on disk and before it takes its place.
  package func replace(
    with bytes: [UInt8], owner: Owner, beforeRename: () throws(FileError) -> Void = {}
  ) throws(FileError) {
    let temporary = "\(path).\(getpid()).tmp"
    // What a killed process of this number left behind is nobody's.
    _ = calls.unlink(temporary)
    let descriptor = calls.open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileError("open", temporary) }
    do {
      try fill(descriptor, temporary, bytes, owner)
    } catch {
      _ = calls.close(descriptor)
      _ = calls.unlink(temporary)
      throw error
    }
    guard calls.close(descriptor) == 0 else { throw giveUp("close", temporary) }
    do {
      try beforeRename()
    } catch {
      _ = calls.unlink(temporary)
      throw error
    }
    guard calls.rename(temporary, path) == 0 else { throw giveUp("rename", temporary) }
    try Self.sync(directoryOf: path, calls)
  }

  private func giveUp(_ call: String, _ temporary: String) -> FileError {
    let error = FileError(call, path)
    _ = calls.unlink(temporary)
    return error
  }

  private func fill(
    _ descriptor: Int32, _ temporary: String, _ bytes: [UInt8], _ owner: Owner
  ) throws(FileError) {
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
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes {
        calls.write(descriptor, UnsafeRawBufferPointer(rebasing: $0[offset...]))
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FileError("write", path) }
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

  /// Whose a file beside `path` has to be: that file's if it is there, else the directory's with
  /// nobody else allowed to read it.
  package static func owner(for path: String) throws(FileError) -> Owner {
    var status = stat()
    if stat(path, &status) == 0 {
      return Owner(uid: status.st_uid, gid: status.st_gid, mode: status.st_mode & 0o7777)
    }
    guard errno == ENOENT else { throw FileError("stat", path) }
    let directory = parent(of: path)
    guard stat(directory, &status) == 0 else { throw FileError("stat", directory) }
    // Only root can give a file away; for others it is their own.
    guard geteuid() == 0 else { return Owner(uid: geteuid(), gid: getegid(), mode: 0o600) }
    return Owner(uid: status.st_uid, gid: status.st_gid, mode: 0o600)
  }
}
