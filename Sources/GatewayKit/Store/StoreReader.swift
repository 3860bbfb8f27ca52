/// Reads the users' file, checking every member that this program depends on.
struct StoreReader {
  struct Parts {
    var users: [UserRecord] = []
    var keys: [KeyRecord] = []
    var generation: UInt64 = 0
    var others: [(name: [UInt8], value: [UInt8])] = []
  }

  private let bytes: UnsafeRawBufferPointer
  private var reader: JSONReader

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    // The file's own objects stand around each record.
    reader = JSONReader(bytes, maximumDepth: StoreDocument.maximumDepth + 2)
  }

  mutating func document() throws -> Parts {
    var parts = Parts()
    var names: Set<String> = []
    guard try reader.kind() == .object else { throw error("the file is no JSON object") }
    try reader.openObject()
    while let key = try reader.nextMember() {
      let name = reader.text(key)
      guard names.insert(name).inserted else {
        throw error("the member \(SafeText.line(name)) comes twice", key)
      }
      switch name {
      case "users": parts.users = try users()
      case "api_keys": parts.keys = try keys()
      case "generation":
        guard try reader.kind() == .number,
          let number = UInt64(String(decoding: bytes[try reader.number()], as: UTF8.self))
        else { throw error("generation is no whole number", key) }
        parts.generation = number
      default:
        parts.others.append((Array(bytes[key.range]), Array(bytes[try reader.skip()])))
      }
    }
    try reader.end()
    try checkReferences(parts)
    return parts
  }

  /// Two users with one id could not be told apart by their keys.
  private func checkReferences(_ parts: Parts) throws {
    var ids: Set<String> = []
    ids.reserveCapacity(parts.users.count)
    for user in parts.users where !ids.insert(user.userID).inserted {
      throw error("the user_id of \(SafeText.line(user.username)) is another user's too")
    }
  }

  // MARK: Users

  private mutating func users() throws -> [UserRecord] {
    var users: [UserRecord] = []
    var names: Set<String> = []
    guard try reader.kind() == .object else { throw error("users is no object") }
    try reader.openObject()
    while let key = try reader.nextMember() {
      let name = reader.text(key)
      guard names.insert(name).inserted else {
        throw error("the user \(SafeText.line(name)) comes twice", key)
      }
      users.append(try user(name, key))
    }
    return users
  }

  private mutating func user(_ name: String, _ place: JSONString) throws -> UserRecord {
    guard try reader.kind() == .object else {
      throw error("the user \(SafeText.line(name)) is no object", place)
    }
    let start = reader.offset
    var fields = Fields(owner: "the user \(SafeText.line(name))")
    var id: String?
    var email: String?
    var description: String?
    var created: Timestamp?
    var isEnabled = true
    var hashes: [SHA256Digest] = []
    var allowed: [String] = []
    var blocked: [String] = []
    try reader.openObject()
    while let key = try reader.nextMember() {
      switch fields.known(key, reader, Fields.user) {
      case 0: id = try string(key, &fields)
      case 1: email = try optionalString(key, &fields)
      case 2: description = try optionalString(key, &fields)
      case 3: created = try date(key, &fields)
      case 4: isEnabled = try bool(key, &fields)
      case 5: hashes = try self.hashes(key, &fields)
      case 6: allowed = try strings(key, &fields)
      case 7: blocked = try strings(key, &fields)
      case 8:
        guard try reader.kind() == .object else { throw fields.wrong(self, key, "an object") }
        try reader.skip()
      default: try reader.skip()
      }
      try fields.checkOnce(self, key)
    }
    guard let id, !id.isEmpty else {
      throw error("the user \(SafeText.line(name)) has no user_id", place)
    }
    return UserRecord(
      raw: Array(bytes[start..<reader.offset]), username: name, userID: id, email: email,
      description: description, createdAt: created ?? Timestamp(microseconds: 0),
      isEnabled: isEnabled, hashes: hashes, allowed: allowed, blocked: blocked)
  }

  // MARK: Keys

  private mutating func keys() throws -> [KeyRecord] {
    var keys: [KeyRecord] = []
    var seen: Set<SHA256Digest> = []
    guard try reader.kind() == .object else { throw error("api_keys is no object") }
    try reader.openObject()
    while let key = try reader.nextMember() {
      guard !key.hasEscapes,
        let digest = SHA256Digest(hexBytes: UnsafeRawBufferPointer(rebasing: bytes[key.range]))
      else {
        throw error("a member of api_keys is not the 64 lower-case hex digits of a hash", key)
      }
      guard seen.insert(digest).inserted else { throw error("a hash of api_keys comes twice", key) }
      keys.append(try self.key(digest, key))
    }
    return keys
  }

  private mutating func key(_ digest: SHA256Digest, _ place: JSONString) throws -> KeyRecord {
    let label = "the key \(APIKey.id(of: digest))"
    guard try reader.kind() == .object else { throw error("\(label) is no object", place) }
    let start = reader.offset
    var fields = Fields(owner: label)
    var userID: String?
    var username = ""
    var name = ""
    var created: Timestamp?
    var expires: Timestamp?
    var isRevoked = false
    var rotatedFrom: String?
    try reader.openObject()
    while let key = try reader.nextMember() {
      switch fields.known(key, reader, Fields.key) {
      case 0: userID = try string(key, &fields)
      case 1: username = try string(key, &fields)
      case 2: name = try string(key, &fields)
      case 3: created = try date(key, &fields)
      case 4: expires = try optionalDate(key, &fields)
      case 5: isRevoked = try bool(key, &fields)
      case 6: rotatedFrom = try optionalString(key, &fields)
      default: try reader.skip()
      }
      try fields.checkOnce(self, key)
    }
    guard let userID else { throw error("\(label) has no user_id", place) }
    return KeyRecord(
      raw: Array(bytes[start..<reader.offset]), digest: digest, userID: userID, username: username,
      name: name, createdAt: created ?? Timestamp(microseconds: 0), expiresAt: expires,
      isRevoked: isRevoked, rotatedFrom: rotatedFrom)
  }

  // MARK: Values

  private mutating func string(_ key: JSONString, _ fields: inout Fields) throws -> String {
    guard try reader.kind() == .string else { throw fields.wrong(self, key, "a string") }
    return reader.text(try reader.string())
  }

  private mutating func optionalString(_ key: JSONString, _ fields: inout Fields) throws -> String?
  {
    if try reader.kind() == .null {
      try reader.null()
      return nil
    }
    return try string(key, &fields)
  }

  private mutating func bool(_ key: JSONString, _ fields: inout Fields) throws -> Bool {
    guard try reader.kind() == .bool else { throw fields.wrong(self, key, "true or false") }
    return try reader.bool()
  }

  private mutating func date(_ key: JSONString, _ fields: inout Fields) throws -> Timestamp {
    guard try reader.kind() == .string else { throw fields.wrong(self, key, "a date") }
    let text = try reader.string()
    guard let date = Timestamp(parsing: UnsafeRawBufferPointer(rebasing: bytes[text.range])) else {
      throw fields.wrong(self, key, "a date such as 2026-03-31T12:00:00.000000")
    }
    return date
  }

  private mutating func optionalDate(_ key: JSONString, _ fields: inout Fields) throws -> Timestamp?
  {
    if try reader.kind() == .null {
      try reader.null()
      return nil
    }
    return try date(key, &fields)
  }

  private mutating func strings(_ key: JSONString, _ fields: inout Fields) throws -> [String] {
    guard try reader.kind() == .array else { throw fields.wrong(self, key, "an array of strings") }
    var strings: [String] = []
    let owner = fields.owner
    try reader.array { _, reader in
      guard try reader.kind() == .string else {
        throw JSONSyntaxError(
          offset: reader.offset,
          reason: "\(reader.text(key)) of \(owner) must be an array of strings")
      }
      strings.append(reader.text(try reader.string()))
    }
    return strings
  }

  private mutating func hashes(_ key: JSONString, _ fields: inout Fields) throws -> [SHA256Digest] {
    try strings(key, &fields).map { text in
      guard let digest = SHA256Digest(hex: text) else {
        throw fields.wrong(self, key, "an array of 64 lower-case hex digits each")
      }
      return digest
    }
  }

  func error(_ reason: String, _ place: JSONString? = nil) -> JSONSyntaxError {
    JSONSyntaxError(offset: place?.range.lowerBound ?? reader.offset, reason: reason)
  }

  func text(_ key: JSONString) -> String { reader.text(key) }

  /// The members of a record, each known by its place, and each at most once.
  private struct Fields {
    static let user: [StaticString] = [
      "user_id", "email", "description", "created_at", "enabled", "api_keys", "mcp_allowed",
      "mcp_blocked", "metadata",
    ]
    static let key: [StaticString] = [
      "user_id", "username", "key_name", "created_at", "expires_at", "revoked", "rotated_from",
    ]

    let owner: String
    private var seen = 0
    private var isTwice = false

    init(owner: String) { self.owner = owner }

    mutating func known(_ key: JSONString, _ reader: JSONReader, _ names: [StaticString]) -> Int {
      for (index, name) in names.enumerated() where reader.equals(key, name) {
        isTwice = seen & 1 << index != 0
        seen |= 1 << index
        return index
      }
      isTwice = false
      return -1
    }

    func checkOnce(_ reader: StoreReader, _ key: JSONString) throws {
      if isTwice { throw reader.error("\(reader.text(key)) of \(owner) comes twice", key) }
    }

    func wrong(_ reader: StoreReader, _ key: JSONString, _ expected: String) -> JSONSyntaxError {
      reader.error("\(reader.text(key)) of \(owner) must be \(expected)", key)
    }
  }
}
