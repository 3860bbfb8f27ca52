/// Whether a key works, and why not.
public enum KeyState: String, Sendable, CaseIterable {
  case valid, expired, revoked
  /// Its user is disabled.
  case disabled
}

/// What the store knows of an API key: everything but the key itself.
public struct APIKey: Sendable {
  /// Twelve hex digits, by which lists and commands name the key.
  public let id: String
  public let userID: String
  public let username: String
  public let name: String
  package let createdAt: Timestamp
  /// Nil never expires.
  package let expiresAt: Timestamp?
  public let isRevoked: Bool
  /// The id of the key that this one succeeds.
  public let rotatedFrom: String?
  package let isUserEnabled: Bool
  let digest: SHA256Digest

  package func state(at now: Timestamp) -> KeyState {
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

  static func id(of digest: SHA256Digest) -> String { String(digest.hex.prefix(12)) }
}

/// A key at the only moment that it exists in clear.
public struct IssuedKey: Sendable {
  /// `mcpgw_…`: hand it to its user; it cannot be had again.
  public let secret: String
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
public enum KeySelector: Sendable {
  /// Its id, twelve hex digits.
  case id(String)
  /// The key itself.
  case secret(String)
  /// A live key of a user, by its name.
  case named(user: String, name: String)
}

/// What happens to an optional value in a change.
package enum Change<Value: Sendable>: Sendable {
  case keep, clear
  case set(Value)
}
