import GatewayKit

/// What the operator wants changed: fields, and what they went out from, never whole records.
enum StoreChange: Sendable {
  /// - `firstKey`: the life of a key that is made along; `.some(nil)` never ends.
  case createUser(String, email: String?, description: String?, firstKey: KeyLifetime??)
  case editUser(User, email: String?, description: String?, isEnabled: Bool)
  case setEnabled(User, Bool)
  case deleteUser(String)
  case issueKey(String, named: String?, ttl: KeyLifetime?)
  case renameKey(APIKey, to: String)
  case extendKey(APIKey, ttl: KeyLifetime?)
  case rotateKey(APIKey)
  case revokeKeys([APIKey])
  case setAccess(User, allowed: [String], blocked: [String])

  /// What `gateway` would be asked for the same.
  var command: String {
    switch self {
    case .createUser(let name, _, _, _): "gateway users create \(name)"
    case .editUser(let user, _, _, _): "gateway users edit \(user.username)"
    case .setEnabled(let user, let isOn):
      "gateway users \(isOn ? "enable" : "disable") \(user.username)"
    case .deleteUser(let name): "gateway users delete \(name)"
    case .issueKey(let name, _, _): "gateway keys create \(name)"
    case .renameKey(let key, let name): "gateway keys rename \(key.id) \(name)"
    case .extendKey(let key, _): "gateway keys extend \(key.id)"
    case .rotateKey(let key): "gateway keys rotate \(key.id)"
    case .revokeKeys(let keys): "gateway keys revoke \(keys.map(\.id).joined(separator: " "))"
    case .setAccess(let user, _, _): "gateway access set \(user.username)"
    }
  }
}

/// What became of a change.
enum StoreOutcome: Sendable {
  case done
  /// A key that is shown this once.
  case issued(Secret, APIKey)
  case failed(StoreError)
}

/// A key in clear. It prints as nothing, and is gone when the last who holds it lets it go.
final class Secret: Sendable, CustomStringConvertible {
  private let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var count: Int { bytes.count }
  var description: String { "…" }
}
