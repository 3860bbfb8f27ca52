/// Who asks for an admin route, once that is verified: what the log names.
package enum AdminPrincipal: Sendable, Equatable, CustomStringConvertible {
  /// Nobody in particular; there is nothing on the routes that such a request gets to.
  case anyone
  /// Whoever has the admin key.
  case adminKey
  /// A process of this user at the owner-only socket.
  case socket(uid: UInt32)

  package var description: String {
    switch self {
    case .anyone: "anyone"
    case .adminKey: "admin-key"
    case .socket(let uid): "socket uid \(uid)"
    }
  }
}
