/// The users' file in memory: its bytes, and an index of what lies where in them.
///
/// A change splices the bytes of one record. So whatever this program does not know, and however
/// the file is spelled, survives every rewrite, and a change costs the same in small and large files
/// but for copying the bytes.
struct StoreDocument: Sendable {
  /// How deep a record may nest: itself and what stands in its metadata.
  static let maximumDepth = 120

  private(set) var bytes: [UInt8]
  private(set) var index: StoreIndex
  /// Whether something was changed since this was last false.
  var isChanged = false
  /// What the log calls the change, where only making it shows that.
  var event: AuditEvent?
  /// The records that were changed, as they were before the first change: nil for those added.
  private(set) var changed: [ChangedRecord: [UInt8]?] = [:]
  private var names = PlaceTable(capacity: 0)
  private var ids = PlaceTable(capacity: 0)
  private var digests = PlaceTable(capacity: 0)

  var generation: UInt64 { index.generation }
  var userCount: Int { index.users.count }
  var keyCount: Int { index.keys.count }

  /// No users, no keys.
  static let empty: StoreDocument = {
    do {
      return try StoreDocument(
        reading: Array("{\n\"users\": {},\n\"api_keys\": {},\n\"generation\": 0\n}\n".utf8))
    } catch {
      preconditionFailure("the empty store does not read: \(error)")
    }
  }()

  /// Reads a file's bytes.
  ///
  /// - Throws: `JSONSyntaxError` with the place of what is wrong: the grammar, a wrong type, a
  ///   name or hash that comes twice, a hash that is not 64 lower-case hex digits, a date that is
  ///   none.
  init(reading bytes: [UInt8]) throws(JSONSyntaxError) {
    self.bytes = bytes
    index = try Self.index(bytes)
    try enterChecking()
    try complete()
  }

  private static func index(_ bytes: [UInt8]) throws(JSONSyntaxError) -> StoreIndex {
    try reading {
      try bytes.withUnsafeBytes { bytes in
        var reader = StoreReader(bytes)
        return try reader.index()
      }
    }
  }

  private static func reading<Value>(
    _ body: () throws -> Value
  ) throws(JSONSyntaxError) -> Value {
    do {
      return try body()
    } catch let error as JSONSyntaxError {
      throw error
    } catch {
      throw JSONSyntaxError(offset: 0, reason: "\(error)")
    }
  }

  /// Members of the whole that are missing take their default, so that there is a place to add to.
  private mutating func complete() throws(JSONSyntaxError) {
    var missing: [String] = []
    if index.usersStart == nil { missing.append("\"users\": {}") }
    if index.keysStart == nil { missing.append("\"api_keys\": {}") }
    if index.generationSpan.isEmpty { missing.append("\"generation\": 0") }
    guard !missing.isEmpty else { return }
    let text = (index.isRootEmpty ? "" : ", ") + missing.joined(separator: ", ")
    bytes.insert(contentsOf: text.utf8, at: index.rootEnd)
    index = try Self.index(bytes)
    try enterChecking()
  }

  // MARK: Finding

  func place(ofUser username: String) -> Int? {
    find(names, username) { index.users[$0].name.range }
  }

  func place(ofUserID id: String) -> Int? {
    find(ids, id) { idRange($0) }
  }

  func place(ofKey digest: SHA256Digest) -> Int? {
    digests.find(Self.hash(digest)) { index.keys[$0].digest == digest }
  }

  private func find(
    _ table: PlaceTable, _ text: String, _ range: (Int) -> Range<Int>
  ) -> Int? {
    table.find(PlaceTable.hash(text.utf8)) { place in
      withText(range(place)) { $0.elementsEqual(text.utf8) }
    }
  }

  func idRange(_ place: Int) -> Range<Int> {
    let user = index.users[place]
    return absolute(user.fields.id, in: user.value)
  }

  func absolute(_ span: ByteSpan, in value: ByteSpan) -> Range<Int> {
    let start = Int(value.start) + Int(span.start)
    return start..<start + Int(span.count)
  }

  /// The text of a string between its quotes, as UTF-8; where it lies if it has no escapes.
  private func withText<Value>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Value
  ) -> Value {
    bytes.withUnsafeBytes { bytes in
      let raw = UnsafeRawBufferPointer(rebasing: bytes[range])
      guard raw.contains(UInt8(ascii: "\\")) else { return body(raw) }
      var text = JSONReader(bytes).text(JSONString(range: range, hasEscapes: true))
      return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
  }

  func text(_ range: Range<Int>) -> String {
    withText(range) { String(decoding: $0, as: UTF8.self) }
  }

  static func hash(_ digest: SHA256Digest) -> UInt32 { UInt32(truncatingIfNeeded: digest.a) }

  // MARK: Changing

  /// A record that a change is about.
  enum ChangedRecord: Hashable, Sendable {
    case user(String)
    case key(SHA256Digest)
  }

  /// From here on changes are counted.
  mutating func beginChange() {
    isChanged = false
    event = nil
    changed = [:]
  }

  /// Becomes another state of the store; every record that is another there counts as changed.
  mutating func become(_ other: StoreDocument) {
    let was = self
    self = other
    beginChange()
    isChanged = true
    for user in was.users where other.user(user.username)?.raw != user.raw {
      changed.updateValue(user.raw, forKey: .user(user.username))
    }
    for user in other.users where was.place(ofUser: user.username) == nil {
      changed.updateValue(nil, forKey: .user(user.username))
    }
    for key in was.keys where other.key(key.digest)?.raw != key.raw {
      changed.updateValue(key.raw, forKey: .key(key.digest))
    }
    for key in other.keys where was.place(ofKey: key.digest) == nil {
      changed.updateValue(nil, forKey: .key(key.digest))
    }
  }

  private mutating func note(_ record: ChangedRecord, was value: ByteSpan?) {
    if changed[record] == nil { changed[record] = .some(value.map { Array(bytes[$0.range]) }) }
  }

  /// Adds a member to `users`.
  mutating func addUser(_ username: String, raw: [UInt8]) throws(StoreError) {
    note(.user(username), was: nil)
    var member: [UInt8] = []
    writeJSONString(username.utf8, into: &member)
    let name = member.count
    member += ": ".utf8
    member += raw
    let start = append(
      member, behind: index.users.last?.value, in: index.usersStart)
    index.users.append(
      StoreIndex.UserEntry(
        name: ByteSpan(start + 1..<start + name - 1),
        value: ByteSpan(start + name + 2..<start + member.count), fields: .init()))
    try readUser(index.users.count - 1)
    enterUser(index.users.count - 1)
  }

  /// Adds a member to `api_keys`.
  mutating func addKey(_ digest: SHA256Digest, raw: [UInt8]) throws(StoreError) {
    note(.key(digest), was: nil)
    let member = Array("\"\(digest.hex)\": ".utf8) + raw
    let start = append(member, behind: index.keys.last?.value, in: index.keysStart)
    index.keys.append(
      StoreIndex.KeyEntry(
        name: ByteSpan(start + 1..<start + 65), value: ByteSpan(start + 68..<start + member.count),
        digest: digest, fields: .init()))
    try readKey(index.keys.count - 1)
    enterKey(index.keys.count - 1)
  }

  /// Where the member begins.
  private mutating func append(
    _ member: [UInt8], behind last: ByteSpan?, in object: Int?
  ) -> Int {
    if let last {
      splice(last.range.upperBound..<last.range.upperBound, with: Array(",\n".utf8) + member)
      return last.range.upperBound + 2
    }
    guard let object else { preconditionFailure("a store lacks its users or keys") }
    splice(object + 1..<object + 1, with: Array("\n".utf8) + member + Array("\n".utf8))
    return object + 2
  }

  /// Gives a user another value.
  mutating func setUser(_ place: Int, to raw: [UInt8]) throws(StoreError) {
    guard !bytes[index.users[place].value.range].elementsEqual(raw) else { return }
    note(.user(text(index.users[place].name.range)), was: index.users[place].value)
    splice(index.users[place].value.range, with: raw)
    index.users[place].value.count = UInt32(raw.count)
    try readUser(place)
  }

  mutating func setKey(_ place: Int, to raw: [UInt8]) throws(StoreError) {
    guard !bytes[index.keys[place].value.range].elementsEqual(raw) else { return }
    note(.key(index.keys[place].digest), was: index.keys[place].value)
    splice(index.keys[place].value.range, with: raw)
    index.keys[place].value.count = UInt32(raw.count)
    try readKey(place)
  }

  mutating func setGeneration(_ generation: UInt64) {
    let digits = Array(String(generation).utf8)
    splice(index.generationSpan.range, with: digits)
    index.generationSpan.count = UInt32(digits.count)
    index.generation = generation
  }

  /// Removes a user and their keys.
  mutating func removeUser(_ place: Int) {
    for key in index.keys.indices.reversed() where index.keys[key].user == place { dropKey(key) }
    let users = index.users
    note(.user(text(users[place].name.range)), was: users[place].value)
    splice(
      Self.member(
        name: users[place].name, value: users[place].value,
        previous: place > 0 ? users[place - 1].value : nil,
        next: place + 1 < users.count ? users[place + 1].name : nil), with: [])
    index.users.remove(at: place)
    enterAll()
  }

  private mutating func dropKey(_ place: Int) {
    let keys = index.keys
    note(.key(keys[place].digest), was: keys[place].value)
    splice(
      Self.member(
        name: keys[place].name, value: keys[place].value,
        previous: place > 0 ? keys[place - 1].value : nil,
        next: place + 1 < keys.count ? keys[place + 1].name : nil), with: [])
    index.keys.remove(at: place)
  }

  /// A member with the comma that goes with it.
  private static func member(
    name: ByteSpan, value: ByteSpan, previous: ByteSpan?, next: ByteSpan?
  ) -> Range<Int> {
    if let previous { return previous.range.upperBound..<value.range.upperBound }
    if let next { return Int(name.start) - 1..<Int(next.start) - 1 }
    return Int(name.start) - 1..<value.range.upperBound
  }

  private mutating func splice(_ range: Range<Int>, with new: [UInt8]) {
    bytes.replaceSubrange(range, with: new)
    let delta = new.count - range.count
    if delta != 0 { index.shift(from: range.upperBound, by: delta) }
    isChanged = true
  }

  // MARK: The index

  /// Reads one record again after it was changed: nothing is ever written that would not load.
  private mutating func readUser(_ place: Int) throws(StoreError) {
    let value = index.users[place].value
    index.users[place].fields = try reread(value) { try $0.user(.none).fields }
  }

  private mutating func readKey(_ place: Int) throws(StoreError) {
    let key = index.keys[place]
    index.keys[place].fields = try reread(key.value) { try $0.key(key.digest, .none).fields }
    index.keys[place].user = userPlace(of: index.keys[place])
  }

  private func reread<Value>(
    _ value: ByteSpan, _ body: (inout StoreReader) throws -> Value
  ) throws(StoreError) -> Value {
    do {
      return try Self.reading {
        try bytes[value.range].withUnsafeBytes { bytes in
          var reader = StoreReader(bytes, isRecord: true)
          return try body(&reader)
        }
      }
    } catch {
      throw .invalidValue(field: "The record", reason: error.reason)
    }
  }

  private func userPlace(of key: StoreIndex.KeyEntry) -> Int32 {
    withText(absolute(key.fields.userID, in: key.value)) { id in
      let place = ids.find(PlaceTable.hash(id)) { place in
        withText(idRange(place)) { $0.elementsEqual(id) }
      }
      return place.map { Int32($0) } ?? -1
    }
  }

  private mutating func enterUser(_ place: Int) {
    names.insert(hash(index.users[place].name.range), place)
    ids.insert(hash(idRange(place)), place)
  }

  private mutating func enterKey(_ place: Int) {
    digests.insert(Self.hash(index.keys[place].digest), place)
  }

  private func hash(_ range: Range<Int>) -> UInt32 { withText(range) { PlaceTable.hash($0) } }

  private mutating func clearTables() {
    names = PlaceTable(capacity: index.users.count)
    ids = PlaceTable(capacity: index.users.count)
    digests = PlaceTable(capacity: index.keys.count)
  }

  /// Makes the tables anew, after places have changed.
  private mutating func enterAll() {
    clearTables()
    for place in index.users.indices { enterUser(place) }
    for place in index.keys.indices {
      enterKey(place)
      index.keys[place].user = userPlace(of: index.keys[place])
    }
  }

  /// Makes the tables of a file that was read, in which nothing may come twice.
  private mutating func enterChecking() throws(JSONSyntaxError) {
    clearTables()
    for place in index.users.indices {
      let user = index.users[place]
      let nameHash = hash(user.name.range)
      let idHash = hash(idRange(place))
      if has(names, nameHash, user.name.range, { index.users[$0].name.range }) {
        throw twice(user.name, "the user \(SafeText.line(text(user.name.range))) comes twice")
      }
      // Two users with one id could not be told apart by their keys.
      if has(ids, idHash, idRange(place), idRange) {
        throw twice(
          user.name, "the user_id of \(SafeText.line(text(user.name.range))) is another user's too")
      }
      names.insert(nameHash, place)
      ids.insert(idHash, place)
    }
    for place in index.keys.indices {
      let key = index.keys[place]
      if self.place(ofKey: key.digest) != nil {
        throw twice(key.name, "a hash of api_keys comes twice")
      }
      enterKey(place)
      index.keys[place].user = userPlace(of: key)
    }
  }

  private func has(
    _ table: PlaceTable, _ hash: UInt32, _ range: Range<Int>, _ other: (Int) -> Range<Int>
  ) -> Bool {
    table.find(hash) { place in
      withText(range) { text in withText(other(place)) { $0.elementsEqual(text) } }
    } != nil
  }

  private func twice(_ place: ByteSpan, _ reason: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: place.range.lowerBound, reason: reason)
  }
}
