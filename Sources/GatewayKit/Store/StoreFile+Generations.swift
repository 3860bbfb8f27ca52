import Glibc

/// The earlier states that are kept beside the file: `.1` to `.5`, and one for each of seven days.
extension StoreFile {
  /// How many of the last writes are kept, and of how many days one each.
  static let keptWrites = 5
  static let keptDays = 7

  var numberedPaths: [String] { (1...Self.keptWrites).map { "\(path).\($0)" } }

  /// Keeps the present file as `.1`, those before it one further, and one for the day. Links, so
  /// that the file itself is there at every moment.
  func keepGeneration() throws(FileError) {
    var present = stat()
    guard stat(path, &present) == 0 else { return }
    var first = stat()
    // A writer that failed after this step has kept the present file already.
    let isKept = stat("\(path).1", &first) == 0 && first.st_ino == present.st_ino
    if !isKept { try shift() }
    let day = "\(path).\(Timestamp.now.isoDate)"
    guard access(day, F_OK) != 0 else { return }
    try keep(as: day)
    for old in keptDays().dropLast(Self.keptDays) { _ = calls.unlink(old) }
  }

  /// Frees `.1` by moving what is kept one further, up to the first gap, and links the file there.
  private func shift() throws(FileError) {
    let gap = numberedPaths.firstIndex { access($0, F_OK) != 0 } ?? Self.keptWrites - 1
    for number in stride(from: gap, through: 1, by: -1) {
      if calls.rename("\(path).\(number)", "\(path).\(number + 1)") != 0, errno != ENOENT {
        throw FileError("rename", "\(path).\(number)")
      }
    }
    try keep(as: "\(path).1")
  }

  /// Links the file under another name; copies it where the file system has no links.
  private func keep(as name: String) throws(FileError) {
    if calls.link(path, name) == 0 || errno == EEXIST { return }
    let error = FileError("link", name)
    guard error.meansNoLinks, let bytes = try PlainFile.read(path, limit: Self.limit) else {
      throw error
    }
    try AtomicFile(name, temporary: path + ".copy.tmp", calls: calls).replace(
      with: bytes, owner: try AtomicFile.owner(for: path))
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
