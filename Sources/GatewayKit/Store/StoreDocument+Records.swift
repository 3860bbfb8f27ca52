/// Records as values, read from the bytes when they are asked for.
extension StoreDocument {
  /// All users, in the order of the file.
  var users: [UserRecord] { index.users.indices.map(userRecord) }

  /// All keys, in the order of the file.
  var keys: [KeyRecord] { index.keys.indices.map(keyRecord) }

  func user(_ username: String) -> UserRecord? { place(ofUser: username).map(userRecord) }

  func user(id: String) -> UserRecord? { place(ofUserID: id).map(userRecord) }

  func key(_ digest: SHA256Digest) -> KeyRecord? { place(ofKey: digest).map(keyRecord) }

  func keys(ofUser id: String) -> [KeyRecord] {
    guard let user = place(ofUserID: id) else { return [] }
    return index.keys.indices.filter { index.keys[$0].user == user }.map(keyRecord)
  }

  /// What callers see of the keys whose places are given; keys without a user are nobody's.
  func apiKeys(_ places: some Sequence<Int>) -> [APIKey] {
    // A user's keys mostly stand behind each other: they share its strings.
    var last = (user: Int32(-1), id: "", name: "")
    return places.compactMap { place in
      let key = index.keys[place]
      guard key.user >= 0 else { return nil }
      let user = index.users[Int(key.user)]
      if key.user != last.user {
        last = (key.user, text(idRange(Int(key.user))), text(user.name.range))
      }
      return apiKey(
        place, userID: last.id, username: last.name, isUserEnabled: user.fields.isEnabled)
    }
  }

  /// A key, whether or not it has a user.
  func apiKey(_ digest: SHA256Digest) -> APIKey? {
    guard let place = place(ofKey: digest) else { return nil }
    if let key = apiKeys([place]).first { return key }
    let record = keyRecord(place)
    return apiKey(
      place, userID: record.userID, username: record.username, isUserEnabled: false)
  }

  private func apiKey(
    _ place: Int, userID: String, username: String, isUserEnabled: Bool
  ) -> APIKey {
    let key = index.keys[place]
    return APIKey(
      id: APIKey.id(of: key.digest), userID: userID, username: username,
      name: text(absolute(key.fields.name, in: key.value)), createdAt: key.fields.createdAt,
      expiresAt: key.fields.expiresAt, isRevoked: key.fields.isRevoked,
      rotatedFrom: key.fields.hasRotatedFrom
        ? text(absolute(key.fields.rotatedFrom, in: key.value)) : nil,
      isUserEnabled: isUserEnabled, digest: key.digest)
  }

  private func userRecord(_ place: Int) -> UserRecord {
    let user = index.users[place]
    let fields = user.fields
    func text(_ span: ByteSpan) -> String { self.text(absolute(span, in: user.value)) }
    return UserRecord(
      raw: Array(bytes[user.value.range]), username: self.text(user.name.range),
      userID: text(fields.id), email: fields.hasEmail ? text(fields.email) : nil,
      description: fields.hasDescription ? text(fields.description) : nil,
      createdAt: fields.createdAt, isEnabled: fields.isEnabled,
      hashes: strings(absolute(fields.hashes, in: user.value)).compactMap { SHA256Digest(hex: $0) },
      allowed: strings(absolute(fields.allowed, in: user.value)),
      blocked: strings(absolute(fields.blocked, in: user.value)))
  }

  private func keyRecord(_ place: Int) -> KeyRecord {
    let key = index.keys[place]
    let fields = key.fields
    func text(_ span: ByteSpan) -> String { self.text(absolute(span, in: key.value)) }
    return KeyRecord(
      raw: Array(bytes[key.value.range]), digest: key.digest, userID: text(fields.userID),
      username: text(fields.username), name: text(fields.name), createdAt: fields.createdAt,
      expiresAt: fields.expiresAt, isRevoked: fields.isRevoked,
      rotatedFrom: fields.hasRotatedFrom ? text(fields.rotatedFrom) : nil)
  }

  /// The strings of an array that was checked when the file was read.
  func strings(_ range: Range<Int>) -> [String] {
    guard range.count > 2 else { return [] }
    var strings: [String] = []
    bytes.withUnsafeBytes { bytes in
      var reader = JSONReader(UnsafeRawBufferPointer(rebasing: bytes[range]))
      _ = try? reader.array { _, reader in strings.append(reader.text(try reader.string())) }
    }
    return strings
  }

  // MARK: Changing

  mutating func update(
    _ username: String, _ change: (inout UserRecord) -> Void
  ) throws(StoreError) {
    guard let place = place(ofUser: username) else { throw .userNotFound(username) }
    var record = userRecord(place)
    change(&record)
    try setUser(place, to: record.raw)
  }

  mutating func update(
    _ digest: SHA256Digest, _ change: (inout KeyRecord) -> Void
  ) throws(StoreError) {
    guard let place = place(ofKey: digest) else { throw .keyNotFound }
    var record = keyRecord(place)
    change(&record)
    try setKey(place, to: record.raw)
  }

  /// A user whose name differs from this one, if at all, only in the case of ASCII letters.
  func taken(_ username: String) -> String? {
    let wanted = username.lowercased()
    for user in index.users where Int(user.name.count) >= username.utf8.count {
      let name = text(user.name.range)
      if name.utf8.count == username.utf8.count, name.lowercased() == wanted { return name }
    }
    return nil
  }

  /// Whether a key has the id that this digest would give.
  func hasKey(idOf digest: SHA256Digest) -> Bool {
    index.keys.contains { APIKey.hasSameID($0.digest, digest) }
  }

  /// The key that a selector names.
  func find(_ selector: KeySelector) throws(StoreError) -> KeyRecord {
    let found: [KeyRecord]
    switch selector {
    case .secret(let secret):
      guard let key = key(SHA256Digest(hashing: secret)) else { throw .keyNotFound }
      return key
    case .id(let id):
      guard id.utf8.count == 12 else { throw .keyNotFound }
      guard let wanted = SHA256Digest(hex: id + String(repeating: "0", count: 52)) else {
        throw .keyNotFound
      }
      let places = index.keys.indices.filter { APIKey.hasSameID(index.keys[$0].digest, wanted) }
      if places.count > 1 { throw .keyAmbiguous(id: id) }
      found = places.map(keyRecord)
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
