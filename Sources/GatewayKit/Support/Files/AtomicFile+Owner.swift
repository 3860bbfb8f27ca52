import Glibc

extension AtomicFile {
  /// Whose a new file is, and who may read it.
  package struct Owner: Equatable, Sendable {
    package var uid: uid_t
    package var gid: gid_t
    package var mode: mode_t

    package init(uid: uid_t, gid: gid_t, mode: mode_t) {
      self.uid = uid
      self.gid = gid
      self.mode = mode
    }

    /// Whether this process can give a file to them: root can, others only to themselves and to
    /// groups that they are in.
    package var isGivable: Bool {
      if geteuid() == 0 { return true }
      return uid == geteuid() && Self.belongs(to: gid)
    }

    private static func belongs(to group: gid_t) -> Bool {
      if group == getegid() { return true }
      let count = getgroups(0, nil)
      guard count > 0 else { return false }
      var groups = [gid_t](repeating: 0, count: Int(count))
      return getgroups(count, &groups) >= 0 && groups.contains(group)
    }
  }

  /// Whose a file at `path` has to be: the present one's owner, else the directory's, with nobody
  /// else allowed to read it. In a directory where everybody's files are their own, as `/tmp`, it
  /// is this process's own.
  package static func owner(for path: String) throws(FileError) -> Owner {
    var status = stat()
    if stat(path, &status) == 0 {
      return Owner(uid: status.st_uid, gid: status.st_gid, mode: status.st_mode & 0o7777)
    }
    guard errno == ENOENT else { throw FileError("stat", path) }
    let directory = parent(of: path)
    guard stat(directory, &status) == 0 else { throw FileError("stat", directory) }
    let isShared = status.st_mode & S_ISVTX != 0
    if isShared { return Owner(uid: geteuid(), gid: getegid(), mode: 0o600) }
    let gid = geteuid() == 0 ? status.st_gid : getegid()
    return Owner(uid: status.st_uid, gid: gid, mode: 0o600)
  }
}
