/// What a change did to the store's records, field by field, for the log: never a hash, never a key.
struct AuditChange {
  /// The most records of one change that are told one by one.
  private static let mostRecords = 50
  /// The longest value that is told.
  private static let longestValue = 1024

  /// The user that it is about, when it is about one.
  let user: String?
  /// The id of the key that it is about, when it is about one.
  let key: String?
  let records: JSONValue

  /// - Parameters:
  ///   - document: as it is after the change.
  init(_ document: StoreDocument) {
    var users: Set<String> = []
    var keys: [String] = []
    var told: [JSONValue] = []
    // The same order at every time, whatever order a set has.
    let changed = document.changed.sorted { Self.name($0.key) < Self.name($1.key) }
    for (record, before) in changed {
      let entry: JSONValue
      switch record {
      case .user(let name):
        users.insert(name)
        let after = document.user(name)?.raw
        entry = .object(
          JSONObject([
            ("of", .string("user \(name)")), ("fields", Self.fields(before, after)),
          ]))
      case .key(let digest):
        let id = APIKey.id(of: digest)
        keys.append(id)
        let after = document.key(digest)
        if let owner = after?.username ?? Self.member("username", before) { users.insert(owner) }
        entry = .object(
          JSONObject([("of", .string("key \(id)")), ("fields", Self.fields(before, after?.raw))]))
      }
      if told.count < Self.mostRecords { told.append(entry) }
    }
    if changed.count > told.count {
      told.append(["more": .number(String(changed.count - told.count))])
    }
    user = users.count == 1 ? users.first : nil
    key = keys.count == 1 ? keys[0] : nil
    records = .array(told)
  }

  private static func name(_ record: StoreDocument.ChangedRecord) -> String {
    switch record {
    case .user(let name): "user \(name)"
    case .key(let digest): "key \(APIKey.id(of: digest))"
    }
  }

  private static func member(_ name: String, _ raw: [UInt8]?) -> String? {
    raw.flatMap { try? JSONValue.parse($0) }?[name]?.stringValue
  }

  /// Each member that differs, as `[before, after]`; null where there is none.
  private static func fields(_ before: [UInt8]?, _ after: [UInt8]?) -> JSONValue {
    func members(_ raw: [UInt8]?) -> JSONObject {
      raw.flatMap { try? JSONValue.parse($0) }?.objectValue ?? JSONObject()
    }
    let (old, new) = (members(before), members(after))
    var names = old.members.map(\.key)
    names += new.members.map(\.key).filter { !names.contains($0) }
    var fields = JSONObject()
    for name in names where old[name] ?? .null != new[name] ?? .null {
      fields.members.append((name, .array([told(old[name], name), told(new[name], name)])))
    }
    return .object(fields)
  }

  /// Hashes become ids, and what is long is cut.
  private static func told(_ value: JSONValue?, _ name: String) -> JSONValue {
    guard let value else { return .null }
    if name == "api_keys" {
      return .array(
        (value.arrayValue ?? []).map { hash in
          .string(hash.stringValue.flatMap { SHA256Digest(hex: $0) }.map(APIKey.id(of:)) ?? "?")
        })
    }
    let text = value.text
    guard text.utf8.count > longestValue else { return value }
    return .string("(\(text.utf8.count) bytes)")
  }
}
