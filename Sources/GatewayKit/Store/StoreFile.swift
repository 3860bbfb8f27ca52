import Glibc

/// The users' file on disk: reading it, replacing it, and the generations kept of it.
struct StoreFile: Sendable {
  /// How many of the last writes are kept, and of how many days one each.
  static let keptWrites = 5
  static let keptDays = 7

  /// What tells one state of the file from another without reading it.
  struct Signature: Equatable, Sendable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let modified: Int64
    let changed: Int64

    init(_ status: stat) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
      changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    }
  }

  let path: String
  var calls = FileCalls.system

  // MARK: Reading

  /// Nil when there is no file.
  func signature() throws(StoreError) -> Signature? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw .reading(path, errno)
    }
    return Signature(status)
  }

  /// The file, with the signature of just these bytes.
  func read() throws(StoreError) -> (document: StoreDocument, signature: Signature) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .missing(path: path) }
      throw .reading(path, errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .inaccessible(path: path, reason: "it is no file")
    }
    let bytes: [UInt8]
    do {
      bytes = try PlainFile.read(descriptor, path)
    } catch {
      throw .inaccessible(path: path, reason: error.reason)
    }
    return (try Self.parse(bytes, path), Signature(status))
  }

  static func parse(_ bytes: [UInt8], _ path: String) throws(StoreError) -> StoreDocument {
    guard !bytes.isEmpty else {
      throw .unreadable(path: path, line: nil, reason: "the file is empty")
    }
    do {
      return try StoreDocument(reading: bytes)
    } catch {
      throw .unreadable(path: path, line: error.place(in: bytes).line, reason: error.reason)
    }
  }

  // MARK: Writing

  /// Whose the next file is: the present one's owner, or the directory's.
  func owner() throws(StoreError) -> AtomicFile.Owner {
    do {
      return try AtomicFile.owner(for: path)
    } catch {
      throw StoreError.from(error, path)
    }
  }

  /// Refuses, before anything is written, a writer who could not give the new file to the owner
  /// of the old one.
  func checkOwner(_ owner: AtomicFile.Owner) throws(StoreError) {
    guard geteuid() != 0 else { return }
    let name = getpwuid(owner.uid).map { String(cString: $0.pointee.pw_name) }
    guard owner.uid == geteuid(), Self.belongs(to: owner.gid) else {
      let user = name ?? "#\(owner.uid)"
      let program = CommandLine.arguments.first.map {
        String($0.split(separator: "/").last ?? "gateway")
      }
      throw .foreignOwner(
        path: path, command: "sudo -u '\(user)' \(program ?? "gateway") … --users-db '\(path)'")
    }
  }

  private static func belongs(to group: gid_t) -> Bool {
    if group == getegid() { return true }
    let count = getgroups(0, nil)
    guard count > 0 else { return false }
    var groups = [gid_t](repeating: 0, count: Int(count))
    return getgroups(count, &groups) >= 0 && groups.contains(group)
  }

  /// Replaces the file and keeps the one that was. On return it is on disk.
  func write(
    _ document: StoreDocument, owner: AtomicFile.Owner
  ) throws(StoreError) -> Signature {
    do {
      try AtomicFile(path, calls: calls).replace(with: document.bytes(), owner: owner) {
        () throws(FileError) in try keepGeneration()
      }
    } catch {
      throw StoreError.from(error, path)
    }
    guard let signature = try signature() else { throw .missing(path: path) }
    return signature
  }

  // MARK: Generations

  /// Keeps the present file as `.1`, those before it one further, and one for the day. Links, so
  /// that the file itself is there at every moment.
  private func keepGeneration() throws(FileError) {
    guard access(path, F_OK) == 0 else { return }
    for number in stride(from: Self.keptWrites - 1, through: 1, by: -1) {
      if calls.rename("\(path).\(number)", "\(path).\(number + 1)") != 0, errno != ENOENT {
        throw FileError("rename", "\(path).\(number)")
      }
    }
    guard calls.link(path, "\(path).1") == 0 else { throw FileError("link", "\(path).1") }
    let day = "\(path).\(Timestamp.now.isoDate)"
    if calls.link(path, day) == 0 {
      for old in keptDays().dropLast(Self.keptDays) { _ = calls.unlink(old) }
    } else if errno != EEXIST {
      throw FileError("link", day)
    }
  }

  /// The files kept for a day, oldest first.
  func keptDays() -> [String] {
    let directory = AtomicFile.parent(of: path)
    let prefix = (path.split(separator: "/").last.map(String.init) ?? path) + "."
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var days: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix) else { continue }
      let date = name.dropFirst(prefix.count)
      guard date.utf8.count == 10, Timestamp(parsing: "\(date)T00:00:00") != nil else { continue }
      days.append("\(directory)/\(name)")
    }
    return days.sorted()
  }
}
