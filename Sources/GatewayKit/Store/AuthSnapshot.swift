/// What a look at a key found.
package enum KeyVerdict: Sendable {
  case valid(Caller)
  case unknown
  case revoked(keyID: String, username: String)
  case expired(keyID: String, username: String)
  /// Its user is disabled.
  case disabled(keyID: String, username: String)
}

/// Everything that authentication needs of the store at one moment. Never changed.
///
/// Keys are found by their digest's words in a table of open addressing: a look-up reads a word of
/// the table, a row and the caller, however many keys there are, and allocates nothing.
package final class AuthSnapshot: Sendable {
  private struct Row: Sendable {
    let digest: SHA256Digest
    /// `.max` never expires.
    let expiresAt: Int64
    let isRevoked: Bool
    let isDisabled: Bool
    let caller: Caller
  }

  /// The store's own count of its writes.
  package let generation: UInt64
  /// Grows with each state of the store that this process saw: of two, the later one counts.
  package let sequence: UInt64
  private let rows: [Row]
  private let table: PlaceTable
  private let expiries: SeenExpiries

  init(_ document: StoreDocument, sequence: UInt64, expiries: SeenExpiries) {
    generation = document.generation
    self.sequence = sequence
    self.expiries = expiries
    let index = document.index
    var owners = Owners(document)
    var rows: [Row] = []
    rows.reserveCapacity(index.keys.count)
    var table = PlaceTable(capacity: index.keys.count)
    for key in index.keys {
      // A key without a user opens nothing; `store check` reports it.
      guard key.user >= 0 else { continue }
      let owner = owners.owner(Int(key.user))
      // A digest is random already: its words need no further hashing.
      table.insert(StoreDocument.hash(key.digest), rows.count)
      rows.append(
        Row(
          digest: key.digest, expiresAt: key.fields.expiresAt?.microseconds ?? .max,
          isRevoked: key.fields.isRevoked, isDisabled: !owner.isEnabled,
          caller: Caller(
            principal: .user(id: owner.id), username: owner.username, userID: owner.id,
            keyID: APIKey.id(of: key.digest), rules: owner.rules)))
    }
    self.rows = rows
    self.table = table
  }

  package var keyCount: Int { rows.count }

  /// - Parameter now: microseconds since 1970.
  package func authenticate(_ digest: SHA256Digest, now: Int64) -> KeyVerdict {
    let place = table.find(StoreDocument.hash(digest)) {
      rows[$0].digest.isEqualInConstantTime(to: digest)
    }
    guard let place else { return .unknown }
    let caller = rows[place].caller
    // Made only for a refusal.
    var id: String { caller.keyID ?? "" }
    var username: String { caller.username ?? "" }
    if rows[place].isRevoked { return .revoked(keyID: id, username: username) }
    let expiresAt = rows[place].expiresAt
    if expiresAt != .max, expiries.isPast(digest, expiresAt, now: now) {
      return .expired(keyID: id, username: username)
    }
    if rows[place].isDisabled { return .disabled(keyID: id, username: username) }
    return .valid(caller)
  }
}

/// Users as callers need them, each made once; lists that many users share are read once.
private struct Owners {
  struct Owner {
    let id: String
    let username: String
    let isEnabled: Bool
    let rules: AccessRules
  }

  private struct Lists: Hashable {
    let allowed: ArraySlice<UInt8>
    let blocked: ArraySlice<UInt8>
  }

  private let document: StoreDocument
  private var owners: [Owner?]
  private var rules: [Lists: AccessRules] = [:]

  init(_ document: StoreDocument) {
    self.document = document
    owners = Array(repeating: nil, count: document.index.users.count)
  }

  mutating func owner(_ place: Int) -> Owner {
    if let owner = owners[place] { return owner }
    let user = document.index.users[place]
    let owner = Owner(
      id: document.text(document.idRange(place)), username: document.text(user.name.range),
      isEnabled: user.fields.isEnabled, rules: rules(of: user))
    owners[place] = owner
    return owner
  }

  private mutating func rules(of user: StoreIndex.UserEntry) -> AccessRules {
    let allowed = document.absolute(user.fields.allowed, in: user.value)
    let blocked = document.absolute(user.fields.blocked, in: user.value)
    if allowed.count <= 2, blocked.count <= 2 { return .unrestricted }
    let lists = Lists(allowed: document.bytes[allowed], blocked: document.bytes[blocked])
    if let known = rules[lists] { return known }
    let made = AccessRules(
      allowed: document.strings(allowed).map(AccessEntry.init(stored:)),
      blocked: document.strings(blocked).map(AccessEntry.init(stored:)))
    rules[lists] = made
    return made
  }
}
