/// The key of the admin routes on TCP.
package struct AdminKey: Sendable {
  /// What a presented key is compared with.
  package let digest: SHA256Digest
  /// Where an administrator finds the key: a variable or a file. Never the key.
  package let place: String
  /// Who else can read it; nil when nobody.
  package let warning: String?

  package init(digest: SHA256Digest, place: String, warning: String? = nil) {
    self.digest = digest
    self.place = place
    self.warning = warning
  }

  /// Fewer characters than this could be guessed.
  private static let shortest = 16

  /// The configured key, or the one in `admin.key` beside the store, made there if there is none.
  ///
  /// - Throws: ``ConfigurationError/weakSecret(problem:)`` for a file that somebody put a key into
  ///   which protects nothing; a `FileError` for one that cannot be read or made.
  package static func load(_ configuration: GatewayConfiguration) throws -> AdminKey {
    if let key = configuration.adminKey {
      return AdminKey(digest: SHA256Digest(hashing: key), place: "the variable ADMIN_API_KEY")
    }
    let path = configuration.adminKeyPath
    let file = try SecretFile.loadOrCreate(path, prefix: "mcpgw-admin-")
    let key = file.secret
    guard key.utf8.count >= shortest, key.utf8.allSatisfy({ $0 < 0x7F }) else {
      throw ConfigurationError.weakSecret(
        problem:
          "The admin key in \(path) is shorter than \(shortest) characters or not ASCII; remove the file, and the next start makes a new one"
      )
    }
    if let other = configuration.staticKey, key == other {
      throw ConfigurationError.weakSecret(
        problem:
          "STATIC_API_KEY is the admin key in \(path), so that every client could administer the gateway; give them different values"
      )
    }
    return AdminKey(digest: SHA256Digest(hashing: key), place: path, warning: file.warning)
  }
}
