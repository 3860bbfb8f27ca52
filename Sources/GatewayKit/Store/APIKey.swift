/// Whether a key works, and why not.
public enum KeyState: String, Sendable, CaseIterable {
  /// It works.
  case valid
  /// Its time is over.
  case expired
  /// It was ended for good.
  case revoked
  /// Its user is disabled.
  case disabled
}

/// What the store knows of an API key: everything but the key itself.
public struct APIKey: Sendable {
  /// Twelve hex digits, by which lists and commands name the key.
  public let id: String
  /// The ``User/id`` of its user.
  public let userID: String
  /// The name of its user.
  public let username: String
  /// Unique among a user's live keys, but for old files.
  public let name: String
  /// When it was made; the beginning of 1970 when an old file does not say.
  public let createdAt: Timestamp
  /// When it ends; nil never does.
  public let expiresAt: Timestamp?
  /// Revoked keys never work again.
  public let isRevoked: Bool
  /// The id of the key that this one succeeds.
  public let rotatedFrom: String?
  package let isUserEnabled: Bool
  let digest: SHA256Digest

  /// Whether it works, and why not.
  public func state(at now: Timestamp = .now) -> KeyState {
    if isRevoked { return .revoked }
    if let expiresAt, now >= expiresAt { return .expired }
    return isUserEnabled ? .valid : .disabled
  }

  /// Whether `secret` is this key.
  package func matches(secret: String) -> Bool {
    digest.isEqualInConstantTime(to: SHA256Digest(hashing: secret))
  }

  /// The id that a key has or would have.
  package static func id(ofSecret secret: String) -> String {
    id(of: SHA256Digest(hashing: secret))
  }

  /// The first twelve digits of the hash, which no key can be told from.
  static func id(of digest: SHA256Digest) -> String {
    let text = String(digest.a >> 16, radix: 16)
    return String(repeating: "0", count: 12 - text.utf8.count) + text
  }

  static func hasSameID(_ left: SHA256Digest, _ right: SHA256Digest) -> Bool {
    (left.a ^ right.a) >> 16 == 0
  }
}

/// A key at the only moment that it exists in clear.
public struct IssuedKey: Sendable, SecretHolder {
  /// `mcpgw_…`: hand it to its user; it cannot be had again.
  public let secret: String
  /// What the store knows of it.
  public let key: APIKey
}

/// How long a key lives.
public enum KeyLifetime: Sendable, Equatable {
  /// So many times 24 hours, 1 to 3650.
  case days(Int)

  /// The range of days.
  public static let range = 1...3650
}

/// What names a key.
public enum KeySelector: Sendable, SecretHolder {
  /// Its id, twelve hex digits.
  case id(String)
  /// The key itself.
  case secret(String)
  /// A live key of a user, by its name.
  case named(user: String, name: String)
}

/// What happens to an optional value in a change.
public enum Change<Value: Sendable>: Sendable {
  /// It stays as it is.
  case keep
  /// It is taken away.
  case clear
  /// It becomes this.
  case set(Value)
}
