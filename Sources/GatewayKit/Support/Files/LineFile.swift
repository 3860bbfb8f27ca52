import Glibc

/// A file of lines that is read block by block: nothing of it is kept, and one that is shortened
/// meanwhile just ends earlier.
struct LineFile: ~Copyable {
  /// The longest line that is read; of a longer one only so much of its beginning is given.
  static let longestLine = 16 << 20

  private let path: String
  private let descriptor: Int32
  /// What the file is, and how long it was when it was opened.
  let inode: ino_t
  let size: Int64
  private var buffer = [UInt8](repeating: 0, count: 1 << 20)
  private var filled = 0
  /// The rest of a line that was too long is to be read away.
  private var isSkipping = false
  /// How many bytes the whole lines were that were read, ends included.
  private(set) var consumed: Int64 = 0

  /// - Parameter start: the byte at which the first line begins.
  init(_ path: String, from start: Int64 = 0) throws(FileError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError("open", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError("read", path, EINVAL)
    }
    inode = status.st_ino
    size = Int64(status.st_size)
    go(to: start)
  }

  /// - Parameter start: the byte at which the first line to be read begins. Before any is read.
  func go(to start: Int64) { lseek(descriptor, off_t(start), SEEK_SET) }

  deinit { close(descriptor) }

  /// Gives each line, without its end, until `body` says false.
  ///
  /// - Returns: what stands behind the last line's end.
  @discardableResult
  mutating func forEachLine(
    _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(FileError) -> [UInt8] {
    while true {
      if filled == buffer.count {
        if filled < Self.longestLine {
          buffer += [UInt8](repeating: 0, count: buffer.count)
        } else {
          guard buffer.withUnsafeBytes(body) else { return [] }
          skip(filled)
          isSkipping = true
        }
      }
      let got = buffer.withUnsafeMutableBytes { [filled] in
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileError("read", path) }
      if got == 0 { return Array(buffer[..<filled]) }
      filled += got
      if isSkipping {
        let end = buffer.withUnsafeBytes { [filled] bytes in
          bytes.baseAddress.flatMap { base in
            memchr(base, 0x0A, filled).map { base.distance(to: $0) }
          }
        }
        isSkipping = end == nil
        skip(end.map { $0 + 1 } ?? filled)
      }
      guard let rest = lines(body) else { return [] }
      skip(rest)
    }
  }

  /// Takes so many bytes out of the buffer.
  private mutating func skip(_ count: Int) {
    consumed += Int64(count)
    buffer.withUnsafeMutableBytes { [filled] bytes in
      let target = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(filled - count)])
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[count..<filled]))
    }
    filled -= count
  }

  /// Where the first line begins that is not whole yet; nil when `body` wants no more.
  private func lines(
    _ body: (UnsafeRawBufferPointer) -> Bool
  ) -> Int? {
    buffer.withUnsafeBytes { [filled] bytes in
      var start = 0
      while start < filled {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start..<filled])
        guard let base = rest.baseAddress, let found = memchr(base, 0x0A, rest.count) else { break }
        let count = base.distance(to: found)
        guard body(UnsafeRawBufferPointer(rebasing: rest[..<count])) else { return nil }
        start += count + 1
      }
      return start
    }
  }

  /// The last whole line of a file of `size` bytes, without its end, and where the whole lines end.
  static func last(
    of descriptor: Int32, _ path: String, size: Int64
  ) throws(FileError) -> (line: [UInt8], end: Int64) {
    var count = Int64(64 << 10)
    while true {
      let start = max(0, size - count)
      let bytes = try read(descriptor, path, from: start, count: Int(size - start))
      let end = bytes.lastIndex(of: 0x0A)
      if let end, let before = bytes[..<end].lastIndex(of: 0x0A) {
        return (Array(bytes[(before + 1)..<end]), start + Int64(end) + 1)
      }
      if start == 0 { return (Array(bytes[..<(end ?? 0)]), end.map { Int64($0) + 1 } ?? 0) }
      guard count < Int64(longestLine) else { throw FileError("read", path, EFBIG) }
      count *= 8
    }
  }

  static func read(
    _ descriptor: Int32, _ path: String, from start: Int64, count: Int
  ) throws(FileError) -> [UInt8] {
    var got = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while got < count {
        let part = pread(
          descriptor, buffer.baseAddress?.advanced(by: got), count - got, off_t(start) + off_t(got))
        if part < 0, errno == EINTR { continue }
        guard part > 0 else { break }
        got += part
      }
      initialized = got
    }
    guard got == count else { throw FileError("read", path) }
    return bytes
  }
}
