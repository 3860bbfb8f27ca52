import Glibc

/// Files that are read whole.
package enum PlainFile {
  /// The most bytes that are read of a file if nobody says otherwise.
  package static let standardLimit = 16 << 20

  /// The whole file; nil when there is none.
  ///
  /// - Parameter limit: the most bytes that it may have.
  /// - Throws: `FileError`: EFBIG for a larger one, EINVAL for what is no file (a device, a pipe).
  package static func read(
    _ path: String, limit: Int = standardLimit
  ) throws(FileError) -> [UInt8]? {
    // A pipe that nobody writes to must not hold this process.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw FileError("open", path)
    }
    defer { close(descriptor) }
    return try read(descriptor, path, limit: limit)
  }

  static func read(
    _ descriptor: Int32, _ path: String, limit: Int
  ) throws(FileError) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("fstat", path) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw FileError("read", path, EISDIR)
    default: throw FileError("read", path, EINVAL)
    }
    var bytes: [UInt8] = []
    guard status.st_size <= limit else { throw FileError("read", path, EFBIG) }
    bytes.reserveCapacity(Int(status.st_size) + 1)
    var offset = 0
    while true {
      let room = max(4096, Int(status.st_size) - offset + 1)
      var got = 0
      let part = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        got = Glibc.read(descriptor, buffer.baseAddress, room)
        count = max(0, got)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileError("read", path) }
      if got == 0 { return bytes }
      guard offset + got <= limit else { throw FileError("read", path, EFBIG) }
      if bytes.isEmpty { bytes = part } else { bytes += part }
      offset += got
    }
  }

  /// The lines of a file; none when there is no file.
  package static func lines(of path: String) throws(FileError) -> [String] {
    let bytes = try read(path, limit: 1 << 30) ?? []
    return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  }

  package static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
    try AtomicFile(path).replace(with: bytes, owner: try AtomicFile.owner(for: path))
  }

  /// On return the bytes are on disk, behind what was there.
  package static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw FileError("open", path) }
      return try replace(path, with: bytes)
    }
    defer { close(descriptor) }
    try AtomicFile.writeAll(bytes, to: descriptor, path, .system)
    guard fsync(descriptor) == 0 else { throw FileError("fsync", path) }
  }
}
