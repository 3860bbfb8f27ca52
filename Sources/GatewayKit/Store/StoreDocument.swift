/// The users' file in memory: its records in their order, and everything else in its own bytes.
struct StoreDocument: Sendable {
  /// How deep a record's metadata may nest.
  static let maximumDepth = 120

  private(set) var users: [UserRecord] = []
  private(set) var keys: [KeyRecord] = []
  var generation: UInt64 = 0
  private var userPlaces: [String: Int] = [:]
  private var userIDPlaces: [String: Int] = [:]
  private var keyPlaces: [SHA256Digest: Int] = [:]
  /// Members of the whole that this program does not know: name and value as they are spelled.
  private var others: [(name: [UInt8], value: [UInt8])] = []

  /// No users, no keys.
  init() {}

  // MARK: Looking

  func user(_ username: String) -> UserRecord? { userPlaces[username].map { users[$0] } }

  func user(id: String) -> UserRecord? { userIDPlaces[id].map { users[$0] } }

  func key(_ digest: SHA256Digest) -> KeyRecord? { keyPlaces[digest].map { keys[$0] } }

  func keys(ofUser id: String) -> [KeyRecord] { keys.filter { $0.userID == id } }

  // MARK: Changing

  mutating func add(_ user: UserRecord) {
    userPlaces[user.username] = users.count
    userIDPlaces[user.userID] = users.count
    users.append(user)
  }

  mutating func add(_ key: KeyRecord) {
    keyPlaces[key.digest] = keys.count
    keys.append(key)
  }

  mutating func update(_ username: String, _ change: (inout UserRecord) -> Void) {
    guard let place = userPlaces[username] else { return }
    change(&users[place])
  }

  mutating func update(_ digest: SHA256Digest, _ change: (inout KeyRecord) -> Void) {
    guard let place = keyPlaces[digest] else { return }
    change(&keys[place])
  }

  /// Removes a user and their keys.
  mutating func remove(user username: String) {
    guard let place = userPlaces[username] else { return }
    let id = users[place].userID
    users.remove(at: place)
    keys.removeAll { $0.userID == id }
    index()
  }

  mutating func removeKeys(where isGone: (KeyRecord) -> Bool) {
    keys.removeAll(where: isGone)
    index()
  }

  private mutating func index() {
    userPlaces = [:]
    userIDPlaces = [:]
    keyPlaces = [:]
    for (place, user) in users.enumerated() {
      userPlaces[user.username] = place
      userIDPlaces[user.userID] = place
    }
    for (place, key) in keys.enumerated() { keyPlaces[key.digest] = place }
  }

  // MARK: Writing

  /// The file's bytes: a line a record, known members of the whole first.
  func bytes() -> [UInt8] {
    var size = 256
    for user in users { size += user.raw.count + user.username.utf8.count + 8 }
    for key in keys { size += key.raw.count + 76 }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    bytes += "{\"users\": {".utf8
    for (index, user) in users.enumerated() {
      bytes += (index == 0 ? "\n" : ",\n").utf8
      writeJSONString(user.username.utf8, into: &bytes)
      bytes += ": ".utf8
      bytes += user.raw
    }
    bytes += (users.isEmpty ? "},\n" : "\n},\n").utf8
    bytes += "\"api_keys\": {".utf8
    for (index, key) in keys.enumerated() {
      bytes += (index == 0 ? "\n" : ",\n").utf8
      bytes.append(UInt8(ascii: "\""))
      bytes += key.digest.hex.utf8
      bytes += "\": ".utf8
      bytes += key.raw
    }
    bytes += (keys.isEmpty ? "},\n" : "\n},\n").utf8
    for other in others {
      bytes.append(UInt8(ascii: "\""))
      bytes += other.name
      bytes += "\": ".utf8
      bytes += other.value
      bytes += ",\n".utf8
    }
    bytes += "\"generation\": \(generation)}\n".utf8
    return bytes
  }

  // MARK: Reading

  /// Reads a file's bytes.
  ///
  /// - Throws: `JSONSyntaxError` with the place of what is wrong: the grammar, a wrong type, a
  ///   name or hash that comes twice, a hash that is not 64 lower-case hex digits, a date that is
  ///   none.
  init(reading bytes: [UInt8]) throws(JSONSyntaxError) {
    do {
      try bytes.withUnsafeBytes { try read(StoreReader($0)) }
    } catch let error as JSONSyntaxError {
      throw error
    } catch {
      throw JSONSyntaxError(offset: 0, reason: "\(error)")
    }
  }

  private mutating func read(_ reader: StoreReader) throws {
    var reader = reader
    let parts = try reader.document()
    users = parts.users
    keys = parts.keys
    generation = parts.generation
    others = parts.others
    index()
  }
}
