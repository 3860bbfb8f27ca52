import Glibc

/// The system calls by which files are made safe, as values: tests put failing ones in their place
/// and read from them in which order they came.
package struct FileCalls: Sendable {
  package var open: @Sendable (_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32
  package var write: @Sendable (_ descriptor: Int32, UnsafeRawBufferPointer) -> Int
  package var fsync: @Sendable (_ descriptor: Int32) -> Int32
  package var fchown: @Sendable (_ descriptor: Int32, uid_t, gid_t) -> Int32
  package var fchmod: @Sendable (_ descriptor: Int32, mode_t) -> Int32
  package var rename: @Sendable (_ from: String, _ to: String) -> Int32
  package var link: @Sendable (_ from: String, _ to: String) -> Int32
  package var unlink: @Sendable (_ path: String) -> Int32
  package var close: @Sendable (_ descriptor: Int32) -> Int32

  package static let system = FileCalls(
    open: { Glibc.open($0, $1, $2) },
    write: { Glibc.write($0, $1.baseAddress, $1.count) },
    fsync: { Glibc.fsync($0) },
    fchown: { Glibc.fchown($0, $1, $2) },
    fchmod: { Glibc.fchmod($0, $1) },
    rename: { Glibc.rename($0, $1) },
    link: { Glibc.link($0, $1) },
    unlink: { Glibc.unlink($0) },
    close: { Glibc.close($0) })
}
