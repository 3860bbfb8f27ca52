/// What going back to an earlier generation changes.
public struct StoreDifference: Sendable {
  /// Users that come back.
  public let addedUsers: [String]
  /// Users that go.
  public let removedUsers: [String]
  /// Users whose record becomes another.
  public let changedUsers: [String]
  /// Ids of keys that come back.
  public let addedKeys: [String]
  /// Ids of keys that go.
  public let removedKeys: [String]
  /// Ids of keys whose record becomes another.
  public let changedKeys: [String]
  /// Ids of keys that were revoked, removed or cut short since, and stay so unless they are revived.
  public let revokedSince: [String]
  /// Every record that becomes another, with its fields, as the log will tell it.
  package let changes: [JSONValue]
  /// What the present state was taken to be, where the file cannot be read.
  package let assumed: AssumedState?
  /// Whose the keys are, and what they are called.
  let keyNames: [String: String]
  let basis: Basis

  /// Which two states were compared.
  struct Basis: Equatable, Sendable {
    private let present: SHA256Digest
    private let kept: SHA256Digest

    init(_ present: StoreDocument, _ kept: StoreDocument) {
      self.present = present.bytes.withUnsafeBytes { SHA256Digest(hashing: $0) }
      self.kept = kept.bytes.withUnsafeBytes { SHA256Digest(hashing: $0) }
    }
  }

  /// - Parameters:
  ///   - assumed: what `present` is, where the file cannot be read.
  ///   - old: the kept state.
  ///   - restored: what `old` makes of `present`.
  init(
    from present: StoreDocument, _ assumed: AssumedState?, to old: StoreDocument,
    becoming restored: StoreDocument
  ) {
    let change = AuditChange(restored)
    addedUsers = old.users.filter { present.user($0.username) == nil }.map(\.username)
    removedUsers =
      present.users.filter { old.user($0.username) == nil }.map(\.username)
      + (assumed?.madeUsers ?? [])
    addedKeys = old.keys.filter { present.key($0.digest) == nil }.map(\.id)
    removedKeys =
      present.keys.filter { old.key($0.digest) == nil }.map(\.id) + (assumed?.madeKeys ?? [])
    changedUsers = present.users.filter { user in
      restored.user(user.username).map { AuditChange.differs(user.raw, $0.raw) } ?? false
    }.map(\.username)
    changedKeys = present.keys.filter { key in
      restored.key(key.digest).map { AuditChange.differs(key.raw, $0.raw) } ?? false
    }.map(\.id)
    revokedSince = Self.ended(in: present, old).map(\.key.id)
    changes = change.records
    keyNames = Dictionary((present.keys + old.keys).map { ($0.id, "\($0.username)/\($0.name)") }) {
      first, _ in first
    }
    self.assumed = assumed
    basis = Basis(present, old)
  }

  /// The keys that work in an earlier generation and were revoked, removed, or given an end that has
  /// come since, each with what has become of it: each may have been because it leaked.
  static func ended(
    in present: StoreDocument, _ old: StoreDocument
  ) -> [(key: KeyRecord, since: KeyRecord?)] {
    let now = Timestamp.now
    return old.keys.map { ($0, present.key($0.digest)) }.filter { key, since in
      guard let since, !since.isRevoked else { return !key.isRevoked }
      return key.isLive(at: now) && !since.isLive(at: now)
    }
  }
}
