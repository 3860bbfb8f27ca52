/// Who a request is, as its verified credential says, and never as anything else in the request does.
public enum Principal: Hashable, Sendable, CustomStringConvertible {
  /// A user of the store, by `user_id` (a user's name can be free again, an id never is).
  case user(id: String)
  /// The holder of `STATIC_API_KEY`.
  case `static`
  /// The subject of an OAuth access token.
  case oauth(issuer: String, subject: String)

  public var description: String {
    switch self {
    case .user(let id): "user:\(id)"
    case .static: "static"
    case .oauth(let issuer, let subject): "oauth:\(issuer)#\(subject)"
    }
  }
}
