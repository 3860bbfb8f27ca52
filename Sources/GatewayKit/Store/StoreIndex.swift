/// What the reader finds in a users' file: where each record lies, and what is asked of it often.
///
/// Plain numbers throughout: copying, shifting and dropping it costs next to nothing.
struct StoreIndex: Sendable {
  var users: [UserEntry] = []
  var keys: [KeyEntry] = []
  var generation: UInt64 = 0
  /// The value of `generation`; none when the file has no such member.
  var generationSpan = ByteSpan.none
  /// Where the objects of users and of keys begin: their opening braces.
  var usersStart: Int?
  var keysStart: Int?
  /// The closing brace of the whole.
  var rootEnd = 0
  var isRootEmpty = true

  /// A member of `users`. The spans of its fields count from its value's start, the others from
  /// the file's.
  struct UserEntry: Sendable {
    /// Between the quotes.
    var name: ByteSpan
    var value: ByteSpan
    var fields: UserFields
  }

  struct UserFields: Sendable {
    var id = ByteSpan.none
    var email = ByteSpan.none
    var description = ByteSpan.none
    var hashes = ByteSpan.none
    var allowed = ByteSpan.none
    var blocked = ByteSpan.none
    var metadata = ByteSpan.none
    var hasEmail = false
    var hasDescription = false
    var isEnabled = true
    var createdAt = Timestamp(microseconds: 0)
  }

  /// A member of `api_keys`.
  struct KeyEntry: Sendable {
    var name: ByteSpan
    var value: ByteSpan
    var digest: SHA256Digest
    var fields: KeyFields
    /// The place of its user among the users; -1 when there is none.
    var user: Int32 = -1
  }

  struct KeyFields: Sendable {
    var userID = ByteSpan.none
    var username = ByteSpan.none
    var name = ByteSpan.none
    var rotatedFrom = ByteSpan.none
    var hasRotatedFrom = false
    var isRevoked = false
    var createdAt = Timestamp(microseconds: 0)
    var expiresAt: Timestamp?
  }

  /// Moves everything that begins at or behind `position`.
  mutating func shift(from position: Int, by delta: Int) {
    for place in users.indices { users[place].shift(from: position, by: delta) }
    for place in keys.indices { keys[place].shift(from: position, by: delta) }
    if generationSpan.range.lowerBound >= position { generationSpan.shift(by: delta) }
    if let start = usersStart, start >= position { usersStart = start + delta }
    if let start = keysStart, start >= position { keysStart = start + delta }
    if rootEnd >= position { rootEnd += delta }
  }
}

extension StoreIndex.UserEntry {
  mutating func shift(from position: Int, by delta: Int) {
    if Int(name.start) >= position { name.shift(by: delta) }
    if Int(value.start) >= position { value.shift(by: delta) }
  }
}

extension StoreIndex.KeyEntry {
  mutating func shift(from position: Int, by delta: Int) {
    if Int(name.start) >= position { name.shift(by: delta) }
    if Int(value.start) >= position { value.shift(by: delta) }
  }
}
