extension StoreDocument {
  /// The key that a selector names.
  func find(_ selector: KeySelector) throws(StoreError) -> KeyRecord {
    let found: [KeyRecord]
    switch selector {
    case .secret(let secret):
      guard let key = key(SHA256Digest(hashing: secret)) else { throw .keyNotFound }
      return key
    case .id(let id):
      found = keys.filter { $0.id == id }
      if found.count > 1 { throw .keyAmbiguous(id: id) }
    case .named(let username, let name):
      guard let user = user(username) else { throw .userNotFound(username) }
      let named = keys(ofUser: user.userID).filter { $0.name == name }
      let live = named.filter { $0.isLive(at: .now) }
      found = live.isEmpty ? Array(named.suffix(1)) : live
      if found.count > 1 { throw .keyAmbiguous(id: "\(username)/\(name)") }
    }
    guard let key = found.first else { throw .keyNotFound }
    return key
  }

  /// The user of a name, which has to be there.
  func existing(_ username: String) throws(StoreError) -> UserRecord {
    guard let user = user(username) else { throw .userNotFound(username) }
    return user
  }
}
