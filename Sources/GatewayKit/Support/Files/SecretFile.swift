import Glibc

/// A secret that the gateway makes for itself at its first start and keeps beside the store.
package enum SecretFile {
  /// The text in the file; made, 0600 and its directory's owner's, when there is none.
  ///
  /// - Parameter prefix: what a new secret begins with, so that people and scanners know it.
  package static func loadOrCreate(
    _ path: String, prefix: String
  ) throws(FileError) -> (secret: String, isNew: Bool) {
    if let bytes = try PlainFile.read(path) {
      let text = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      if let secret = text.first { return (String(secret), false) }
    }
    let secret = prefix + Base64URL.encode(SecureRandom.bytes(32))
    var owner = try AtomicFile.owner(for: path)
    owner.mode = 0o600
    try AtomicFile(path).replace(with: Array("\(secret)\n".utf8), owner: owner)
    return (secret, true)
  }
}
