/// A user of the gateway, as the store has them at one moment.
public struct User: Sendable {
  /// Unique, and fixed once made.
  public let username: String
  /// What belongs to the user hangs on this, not on the name, which may be free again.
  public let id: String
  /// As the operator wrote it; never checked.
  public let email: String?
  /// As the operator wrote it.
  public let description: String?
  /// When the user was made; the beginning of 1970 when an old file does not say.
  public let createdAt: Timestamp
  /// Keys of a disabled user do not work.
  public let isEnabled: Bool
  /// Entries `BACKEND` or `BACKEND/PATTERN`; empty allows everything.
  public let allowed: [String]
  /// The same; what is blocked is blocked, whatever is allowed.
  public let blocked: [String]
  /// Members of the operator's own.
  package let metadata: JSONObject

  /// The operator's own members, as the text of a JSON object.
  public var metadataJSON: String { JSONValue.object(metadata).text }

  /// The lists, ready to decide with.
  package var rules: AccessRules {
    AccessRules(
      allowed: allowed.map(AccessEntry.init(stored:)),
      blocked: blocked.map(AccessEntry.init(stored:)))
  }
}
