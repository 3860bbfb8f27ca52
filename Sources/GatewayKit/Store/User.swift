/// A user of the gateway, as the store has them at one moment.
public struct User: Sendable {
  /// Unique, and fixed once made.
  public let username: String
  /// What belongs to the user hangs on this, not on the name, which may be free again.
  public let id: String
  public let email: String?
  public let description: String?
  package let createdAt: Timestamp
  /// Keys of a disabled user do not work.
  public let isEnabled: Bool
  /// Entries `BACKEND` or `BACKEND/PATTERN`; empty allows everything.
  public let allowed: [String]
  /// The same; what is blocked is blocked, whatever is allowed.
  public let blocked: [String]
  /// Members of the operator's own.
  package let metadata: JSONObject

  /// The lists, ready to decide with.
  package var rules: AccessRules {
    AccessRules(
      allowed: allowed.map(AccessEntry.init(stored:)),
      blocked: blocked.map(AccessEntry.init(stored:)))
  }
}
