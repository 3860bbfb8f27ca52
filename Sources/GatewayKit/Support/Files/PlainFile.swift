import Glibc

/// Small files beside the store, read whole.
package enum PlainFile {
  /// The whole file; nil when there is none.
  package static func read(_ path: String) throws(FileError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw FileError("open", path)
    }
    defer { close(descriptor) }
    return try read(descriptor, path)
  }

  static func read(_ descriptor: Int32, _ path: String) throws(FileError) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("fstat", path) }
    var bytes: [UInt8] = []
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
      if bytes.isEmpty { bytes = part } else { bytes += part }
      offset += got
    }
  }

  /// The lines of a file; none when there is no file.
  package static func lines(of path: String) throws(FileError) -> [String] {
    let bytes = try read(path) ?? []
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
