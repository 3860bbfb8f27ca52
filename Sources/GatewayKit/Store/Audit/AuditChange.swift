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
  let records: [JSONValue]

  /// - Parameters:
  ///   - document: as it is after the change.
  init(_ document: StoreDocument) {
    var users: Set<String> = []
    var keys: [String] = []
    var told: [JSONValue] = []
    // The same order at every time, whatever order a set has.
    let changed = document.changed.sorted { Self.name($0.key) < Self.name($1.key) }
    var more = 0
    for (record, before) in changed {
      let after: [UInt8]?
      let owner: String?
      switch record {
      case .user(let name):
        after = document.user(name)?.raw
        owner = name
      case .key(let digest):
        let key = document.key(digest)
        after = key?.raw
        owner = key?.username ?? Self.member("username", before)
      }
      let fields = Self.fields(before, after)
      // Back at what it was, or only spelled otherwise.
      guard !fields.members.isEmpty else { continue }
      if let owner { users.insert(owner) }
      if case .key(let digest) = record { keys.append(APIKey.id(of: digest)) }
      if told.count < Self.mostRecords {
        told.append(["of": .string(Self.name(record)), "fields": .object(fields)])
      } else {
        more += 1
      }
    }
    if more > 0 { told.append(["more": .number(String(more))]) }
    user = users.count == 1 ? users.first : nil
    key = keys.count == 1 ? keys[0] : nil
    records = told
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

  /// Whether two states of a record say different things, however they are spelled.
  static func differs(_ before: [UInt8], _ after: [UInt8]) -> Bool {
    before != after && !fields(before, after).members.isEmpty
  }

  /// Each member that differs, as `[before, after]`; null where there is none.
  private static func fields(_ before: [UInt8]?, _ after: [UInt8]?) -> JSONObject {
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
    return fields
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
