import Glibc

/// A system call that failed.
package struct FileError: Error, Sendable, CustomStringConvertible {
  package let call: String
  package let path: String
  package let code: Int32
  /// Whether the new file had taken its place already: only its safety is in doubt.
  package private(set) var isReplaced = false

  package init(_ call: String, _ path: String, _ code: Int32 = errno) {
    self.call = call
    self.path = path
    self.code = code
  }

  /// Whether link(2) failed because the file system, or the number of links, does not allow more.
  var meansNoLinks: Bool { [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(code) }

  package var reason: String {
    switch (call, code) {
    case ("read", EFBIG): "it is larger than such a file can be"
    case ("read", EINVAL): "it is no file"
    case ("trust", EPERM):
      "others than its owner may have written it; chmod 600 it if its content is yours, else remove it"
    default: String(cString: strerror(code))
    }
  }

  package var description: String { "\(path): \(call) failed: \(reason)" }

  var afterReplacing: FileError {
    var error = self
    error.isReplaced = true
    return error
  }
}
