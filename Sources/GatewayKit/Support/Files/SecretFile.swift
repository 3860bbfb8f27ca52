import Glibc

/// A secret that the gateway makes for itself at its first start and keeps beside the store.
package enum SecretFile {
  /// The text in the file; made, 0600 and its directory's owner's, when there is none. Of several
  /// processes that start at once, all get the same.
  ///
  /// - Parameter prefix: what a new secret begins with, so that people and scanners know it.
  package static func loadOrCreate(
    _ path: String, prefix: String
  ) throws(FileError) -> (secret: String, isNew: Bool) {
    if let secret = try load(path) { return (secret, false) }
    let secret = prefix + Base64URL.encode(SecureRandom.bytes(32))
    var owner = try AtomicFile.owner(for: path)
    owner.mode = 0o600
    let bytes = Array("\(secret)\n".utf8)
    if try AtomicFile(path).create(with: bytes, owner: owner) { return (secret, true) }
    if let secret = try load(path) { return (secret, false) }
    // There is a file with nothing in it, as a full disk may have left it.
    try AtomicFile(path).replace(with: bytes, owner: owner)
    return (secret, true)
  }

  private static func load(_ path: String) throws(FileError) -> String? {
    guard let bytes = try PlainFile.read(path) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    return words.first.map(String.init)
  }
}
