/// Reads the users' file into an index, checking every member that this program depends on.
struct StoreReader {
  /// The largest file that is read, in bytes.
  static let sizeLimit = 2 << 30

  private let bytes: UnsafeRawBufferPointer
  private var reader: JSONReader

  /// - Parameter isRecord: whether the bytes are one record instead of a whole file.
  init(_ bytes: UnsafeRawBufferPointer, isRecord: Bool = false) {
    self.bytes = bytes
    // The file's own two objects stand around each record.
    reader = JSONReader(bytes, maximumDepth: StoreDocument.maximumDepth + (isRecord ? 0 : 2))
  }

  mutating func index() throws -> StoreIndex {
    guard bytes.count <= Self.sizeLimit else { throw error("the file is larger than 2 GiB") }
    var index = StoreIndex()
    var names: Set<String> = []
    guard try reader.kind() == .object else { throw error("the file is no JSON object") }
    try reader.openObject()
    while let key = try reader.nextMember() {
      let name = reader.text(key)
      guard names.insert(name).inserted else {
        throw error("the member \(SafeText.line(name)) comes twice", key)
      }
      index.isRootEmpty = false
      switch name {
      case "users":
        guard try reader.kind() == .object else { throw error("users is no object") }
        index.usersStart = reader.offset
        index.users = try users()
      case "api_keys":
        guard try reader.kind() == .object else { throw error("api_keys is no object") }
        index.keysStart = reader.offset
        index.keys = try keys()
      case "generation":
        guard try reader.kind() == .number else { throw error("generation is no number", key) }
        let span = ByteSpan(try reader.number())
        guard let number = UInt64(String(decoding: bytes[span.range], as: UTF8.self)),
          number < UInt64(Int64.max)
        else { throw error("generation is no whole number", key) }
        index.generation = number
        index.generationSpan = span
      default: try reader.skip()
      }
    }
    index.rootEnd = reader.offset - 1
    try reader.end()
    return index
  }

  // MARK: Users

  private mutating func users() throws -> [StoreIndex.UserEntry] {
    var users: [StoreIndex.UserEntry] = []
    try reader.openObject()
    while let key = try reader.nextMember() {
      let name = ByteSpan(key.range)
      let (value, fields) = try user(name)
      users.append(StoreIndex.UserEntry(name: name, value: value, fields: fields))
    }
    return users
  }

  /// One record; its fields' spans count from its start.
  mutating func user(
    _ name: ByteSpan
  ) throws -> (value: ByteSpan, fields: StoreIndex.UserFields) {
    let owner = Owner.user(name)
    guard try reader.kind() == .object else {
      throw error("\(Self.label(owner, reader)) is no object", at: name)
    }
    let start = reader.offset
    var fields = StoreIndex.UserFields()
    var members = Members(Members.user)
    try reader.openObject()
    while let key = try reader.nextMember() {
      let member = members.find(key, reader)
      if members.isTwice { throw twice(key, owner) }
      switch member {
      case 0: fields.id = try string(key, start, owner)
      case 1: (fields.hasEmail, fields.email) = try optional(key, start, owner)
      case 2:
        (fields.hasDescription, fields.description) = try optional(key, start, owner)
      case 3: fields.createdAt = try date(key, owner)
      case 4: fields.isEnabled = try bool(key, owner)
      case 5: fields.hashes = try hashes(key, start, owner)
      case 6: fields.allowed = try strings(key, start, owner)
      case 7: fields.blocked = try strings(key, start, owner)
      case 8:
        guard try reader.kind() == .object else { throw wrong(key, owner, "an object") }
        fields.metadata = ByteSpan(try reader.skip()).relative(to: start)
      default: try reader.skip()
      }
    }
    guard !fields.id.isEmpty else {
      throw error("\(Self.label(owner, reader)) has no user_id", at: name)
    }
    return (ByteSpan(start..<reader.offset), fields)
  }

  // MARK: Keys

  private mutating func keys() throws -> [StoreIndex.KeyEntry] {
    var keys: [StoreIndex.KeyEntry] = []
    try reader.openObject()
    while let key = try reader.nextMember() {
      guard !key.hasEscapes,
        let digest = SHA256Digest(hexBytes: UnsafeRawBufferPointer(rebasing: bytes[key.range]))
      else {
        throw error("a member of api_keys is not the 64 lower-case hex digits of a hash", key)
      }
      let name = ByteSpan(key.range)
      let (value, fields) = try self.key(digest, name)
      keys.append(StoreIndex.KeyEntry(name: name, value: value, digest: digest, fields: fields))
    }
    return keys
  }

  mutating func key(
    _ digest: SHA256Digest, _ name: ByteSpan
  ) throws -> (value: ByteSpan, fields: StoreIndex.KeyFields) {
    let owner = Owner.key(digest)
    guard try reader.kind() == .object else {
      throw error("\(Self.label(owner, reader)) is no object", at: name)
    }
    let start = reader.offset
    var fields = StoreIndex.KeyFields()
    var members = Members(Members.key)
    try reader.openObject()
    while let key = try reader.nextMember() {
      let member = members.find(key, reader)
      if members.isTwice { throw twice(key, owner) }
      switch member {
      case 0: fields.userID = try string(key, start, owner)
      case 1: fields.username = try string(key, start, owner)
      case 2: fields.name = try string(key, start, owner)
      case 3: fields.createdAt = try date(key, owner)
      case 4: fields.expiresAt = try optionalDate(key, owner)
      case 5: fields.isRevoked = try bool(key, owner)
      case 6: (fields.hasRotatedFrom, fields.rotatedFrom) = try optional(key, start, owner)
      default: try reader.skip()
      }
    }
    guard members.has(0) else {
      throw error("\(Self.label(owner, reader)) has no user_id", at: name)
    }
    return (ByteSpan(start..<reader.offset), fields)
  }

  // MARK: Values

  private mutating func string(
    _ key: JSONString, _ base: Int, _ owner: Owner
  ) throws -> ByteSpan {
    guard try reader.kind() == .string else { throw wrong(key, owner, "a string") }
    return ByteSpan(try reader.string().range).relative(to: base)
  }

  private mutating func optional(
    _ key: JSONString, _ base: Int, _ owner: Owner
  ) throws -> (Bool, ByteSpan) {
    if try reader.kind() == .null {
      try reader.null()
      return (false, .none)
    }
    return (true, try string(key, base, owner))
  }

  private mutating func bool(_ key: JSONString, _ owner: Owner) throws -> Bool {
    guard try reader.kind() == .bool else { throw wrong(key, owner, "true or false") }
    return try reader.bool()
  }

  private mutating func date(_ key: JSONString, _ owner: Owner) throws -> Timestamp {
    guard try reader.kind() == .string else { throw wrong(key, owner, "a date") }
    let text = try reader.string()
    guard let date = Timestamp(parsing: UnsafeRawBufferPointer(rebasing: bytes[text.range])) else {
      throw wrong(key, owner, "a date such as 2026-03-31T12:00:00.000000")
    }
    return date
  }

  private mutating func optionalDate(
    _ key: JSONString, _ owner: Owner
  ) throws -> Timestamp? {
    if try reader.kind() == .null {
      try reader.null()
      return nil
    }
    return try date(key, owner)
  }

  private mutating func strings(
    _ key: JSONString, _ base: Int, _ owner: Owner
  ) throws -> ByteSpan {
    guard try reader.kind() == .array else { throw wrong(key, owner, "an array of strings") }
    let range = try reader.array { _, reader in
      guard try reader.kind() == .string else {
        throw Self.wrong(key, owner, "an array of strings", reader)
      }
      _ = try reader.string()
    }
    return ByteSpan(range).relative(to: base)
  }

  private mutating func hashes(
    _ key: JSONString, _ base: Int, _ owner: Owner
  ) throws -> ByteSpan {
    let expected = "an array of 64 lower-case hex digits each"
    guard try reader.kind() == .array else { throw wrong(key, owner, expected) }
    let bytes = bytes
    let range = try reader.array { _, reader in
      guard try reader.kind() == .string, case let text = try reader.string(), !text.hasEscapes,
        SHA256Digest(hexBytes: UnsafeRawBufferPointer(rebasing: bytes[text.range])) != nil
      else { throw Self.wrong(key, owner, expected, reader) }
    }
    return ByteSpan(range).relative(to: base)
  }

  // MARK: Errors

  private func error(_ reason: String, _ place: JSONString? = nil) -> JSONSyntaxError {
    JSONSyntaxError(offset: place?.range.lowerBound ?? reader.offset, reason: reason)
  }

  private func error(_ reason: String, at place: ByteSpan) -> JSONSyntaxError {
    JSONSyntaxError(offset: place.range.lowerBound, reason: reason)
  }

  private func twice(_ key: JSONString, _ owner: Owner) -> JSONSyntaxError {
    error("\(reader.text(key)) of \(Self.label(owner, reader)) comes twice", key)
  }

  private func wrong(_ key: JSONString, _ owner: Owner, _ expected: String) -> JSONSyntaxError {
    Self.wrong(key, owner, expected, reader)
  }

  private static func wrong(
    _ key: JSONString, _ owner: Owner, _ expected: String, _ reader: JSONReader
  ) -> JSONSyntaxError {
    JSONSyntaxError(
      offset: key.range.lowerBound,
      reason: "\(reader.text(key)) of \(label(owner, reader)) must be \(expected)")
  }

  /// Whose member it is, for errors.
  private enum Owner {
    case user(ByteSpan)
    case key(SHA256Digest)
  }

  private static func label(_ owner: Owner, _ reader: JSONReader) -> String {
    switch owner {
    case .user(let name):
      let text = reader.text(JSONString(range: name.range, hasEscapes: true))
      return "the user \(SafeText.line(text))"
    case .key(let digest): return "the key \(APIKey.id(of: digest))"
    }
  }

  /// The members of a record that this program knows, each at most once.
  private struct Members {
    static let user: [StaticString] = [
      "user_id", "email", "description", "created_at", "enabled", "api_keys", "mcp_allowed",
      "mcp_blocked", "metadata",
    ]
    static let key: [StaticString] = [
      "user_id", "username", "key_name", "created_at", "expires_at", "revoked", "rotated_from",
    ]

    private let names: [StaticString]
    private var seen = 0
    private(set) var isTwice = false

    init(_ names: [StaticString]) { self.names = names }

    func has(_ member: Int) -> Bool { seen & 1 << member != 0 }

    mutating func find(_ key: JSONString, _ reader: JSONReader) -> Int {
      for index in names.indices where reader.equals(key, names[index]) {
        isTwice = has(index)
        seen |= 1 << index
        return index
      }
      return -1
    }
  }
}
