/// Why a credential was refused: what the client is not told, and an operator has to know.
enum AuthRefusal: Hashable, Sendable {
  case missing
  /// The header holds no `Bearer` token.
  case malformed
  case unknown
  case revoked(keyID: String, username: String)
  case expired(keyID: String, username: String)
  case userDisabled(keyID: String, username: String)
  /// An administrator's route, without the admin key.
  case notAdministrator

  /// As it stands in the log.
  var reason: String {
    switch self {
    case .missing: "missing"
    case .malformed: "malformed"
    case .unknown: "unknown"
    case .revoked: "revoked"
    case .expired: "expired"
    case .userDisabled: "user_disabled"
    case .notAdministrator: "not_administrator"
    }
  }

  /// Whose key it is, where one is known.
  var key: (id: String, username: String)? {
    switch self {
    case .revoked(let id, let username), .expired(let id, let username),
      .userDisabled(let id, let username):
      (id, username)
    case .missing, .malformed, .unknown, .notAdministrator: nil
    }
  }
}
