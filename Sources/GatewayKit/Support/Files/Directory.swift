import Glibc

/// Directories.
package enum Directory {
  /// Makes a directory and those above it that are missing, for the owner alone; on disk on return.
  package static func create(_ path: String) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0 { return }
    let parent = AtomicFile.parent(of: path)
    if parent != path, parent != "." { try create(parent) }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError("mkdir", path) }
    try AtomicFile.sync(directoryOf: path)
  }

  /// The names of what is in a directory, in no order; nil for one that cannot be read.
  static func names(in path: String) -> [String]? {
    guard let stream = opendir(path) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
