import Glibc

/// A secret that the gateway makes for itself at its first start and keeps beside the store.
package struct SecretFile: SecretHolder {
  package let secret: String
  /// Whether it was made just now.
  package let isNew: Bool
  /// Who but its owner can read it, and what to do; nil when nobody can.
  package let warning: String?

  /// The text in the file; made, 0600 and its directory's owner's, when there is none. Of several
  /// processes that start at once, all get the same.
  ///
  /// - Parameter prefix: what a new secret begins with, so that people and scanners know it.
  /// - Throws: `FileError`, also for a file that others may have written.
  package static func loadOrCreate(
    _ path: String, prefix: String
  ) throws(FileError) -> SecretFile {
    if let there = try load(path) { return there }
    let secret = prefix + Base64URL.encode(SecureRandom.bytes(32))
    var owner = try AtomicFile.owner(for: path)
    owner.mode = 0o600
    let bytes = Array("\(secret)\n".utf8)
    let made = SecretFile(secret: secret, isNew: true, warning: nil)
    if try AtomicFile(path).create(with: bytes, owner: owner) { return made }
    if let there = try load(path) { return there }
    // There is a file with nothing in it, as a full disk may have left it.
    try AtomicFile(path).replace(with: bytes, owner: owner)
    return made
  }

  /// The text in a file; nil when there is none.
  package static func existing(_ path: String) throws(FileError) -> String? {
    try load(path)?.secret
  }

  private static func load(_ path: String) throws(FileError) -> SecretFile? {
    guard let bytes = try PlainFile.read(path) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard let first = words.first else { return nil }
    return SecretFile(secret: String(first), isNew: false, warning: try exposure(of: path))
  }

  /// A secret that somebody else chose is nobody's secret: it is refused. One that somebody else
  /// can read is said to be so; containers mount theirs like that.
  private static func exposure(of path: String) throws(FileError) -> String? {
    var file = stat()
    guard stat(path, &file) == 0 else { throw FileError("stat", path) }
    let directory = try AtomicFile.owner(for: AtomicFile.parent(of: path))
    let trusted = [0, geteuid(), directory.uid]
    guard file.st_mode & 0o022 == 0, trusted.contains(file.st_uid) else {
      throw FileError("trust", path, EPERM)
    }
    guard file.st_mode & 0o044 != 0 else { return nil }
    let readers = file.st_mode & 0o004 != 0 ? "every user of this machine" : "its group"
    return "\(path) can be read by \(readers): chmod 600 it; if somebody may have read it, remove "
      + "it as well, and the next start makes a new one"
  }
}
