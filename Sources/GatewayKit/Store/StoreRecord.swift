/// A user's object in the file, with its own bytes.
///
/// What is read is a view of `raw`; what is changed is spliced into it, so that members which this
/// program does not know, and how the file is spelled, survive every edit.
struct UserRecord: Sendable {
  var raw: [UInt8]
  let username: String
  let userID: String
  var email: String?
  var description: String?
  let createdAt: Timestamp
  var isEnabled: Bool
  var hashes: [SHA256Digest]
  var allowed: [String]
  var blocked: [String]

  var user: User {
    let metadata = RawObject.member("metadata", of: raw).flatMap { try? JSONValue.parse($0) }
    return User(
      username: username, id: userID, email: email, description: description, createdAt: createdAt,
      isEnabled: isEnabled, allowed: allowed, blocked: blocked,
      metadata: metadata?.objectValue ?? JSONObject())
  }
}

/// A key's object in the file.
struct KeyRecord: Sendable {
  var raw: [UInt8]
  let digest: SHA256Digest
  let userID: String
  /// What the record says; the user whose id it names may be called otherwise.
  let username: String
  var name: String
  let createdAt: Timestamp
  var expiresAt: Timestamp?
  var isRevoked: Bool
  var rotatedFrom: String?

  var id: String { APIKey.id(of: digest) }

  func isLive(at now: Timestamp) -> Bool {
    !isRevoked && (expiresAt.map { now < $0 } ?? true)
  }
}

/// Edits of an object's bytes, member by member.
enum RawObject {
  /// The bytes of a member's value; the last one where a name comes twice never loads.
  static func member(_ name: StaticString, of raw: [UInt8]) -> ArraySlice<UInt8>? {
    locate(name, in: raw).value.map { raw[$0] }
  }

  /// Gives a member a value, in place or at the end.
  static func set(_ name: StaticString, to value: [UInt8], in raw: inout [UInt8]) {
    let (found, end, isEmpty) = locate(name, in: raw)
    if let found {
      raw.replaceSubrange(found, with: value)
      return
    }
    var member: [UInt8] = isEmpty ? [] : Array(", ".utf8)
    name.withUTF8Buffer { writeJSONString($0, into: &member) }
    member += ": ".utf8
    member += value
    raw.insert(contentsOf: member, at: end)
  }

  /// Where a member's value is, and where another one would go: behind the last member.
  private static func locate(
    _ name: StaticString, in raw: [UInt8]
  ) -> (value: Range<Int>?, end: Int, isEmpty: Bool) {
    var value: Range<Int>?
    var end = 1
    var isEmpty = true
    raw.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, maximumDepth: StoreDocument.maximumDepth)
      _ = try? reader.object { key, reader in
        let range = try reader.skip()
        if value == nil, reader.equals(key, name) { value = range }
        end = range.upperBound
        isEmpty = false
      }
    }
    return (value, end, isEmpty)
  }
}
