/// The key of the admin routes on TCP.
package struct AdminKey: Sendable {
  /// What a presented key is compared with.
  package let digest: SHA256Digest
  /// Where an administrator finds the key: a variable or a file. Never the key.
  package let place: String

  package init(digest: SHA256Digest, place: String) {
    self.digest = digest
    self.place = place
  }

  /// The configured key, or the one in `admin.key` beside the store, made there if there is none.
  package static func load(_ configuration: GatewayConfiguration) throws -> AdminKey {
    if let key = configuration.adminKey {
      return AdminKey(digest: SHA256Digest(hashing: key), place: "the variable ADMIN_API_KEY")
    }
    let path = configuration.adminKeyPath
    let (key, _) = try SecretFile.loadOrCreate(path, prefix: "mcpgw-admin-")
    return AdminKey(digest: SHA256Digest(hashing: key), place: path)
  }
}
