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
}
