import GatewayKit

/// What the operator wants changed: fields, and what they went out from, never whole records.
indirect enum StoreChange: Sendable {
  case createUser(NewUser)
  case editUser(User, Profile, isEnabled: Bool)
  case setEnabled(User, Bool)
  case deleteUser(String)
  case issueKey(String, named: String?, ttl: KeyLifetime?)
  case renameKey(APIKey, to: String)
  case extendKey(APIKey, ttl: KeyLifetime?)
  case rotateKey(APIKey)
  case revokeKey(APIKey)
  case setAccess(User, allowed: [String], blocked: [String])
  /// One after the other; the first that cannot be made ends it.
  case group([StoreChange])

  struct NewUser: Sendable {
    var name: String
    var profile: Profile
    var isEnabled = true
    var allowed: [String] = []
    var blocked: [String] = []
    /// The life of a key that is made along; `.some(nil)` never ends.
    var firstKey: KeyLifetime??
  }

  /// What `gateway` would be asked for the same.
  var command: String {
    switch self {
    case .createUser(let user): "gateway users create \(user.name)"
    case .editUser(let user, _, _): "gateway users edit \(user.username)"
    case .setEnabled(let user, let isOn):
      "gateway users \(isOn ? "enable" : "disable") \(user.username)"
    case .deleteUser(let name): "gateway users delete \(name)"
    case .issueKey(let name, _, _): "gateway keys create \(name)"
    case .renameKey(let key, let name): "gateway keys rename \(key.id) \(name)"
    case .extendKey(let key, _): "gateway keys extend \(key.id)"
    case .rotateKey(let key): "gateway keys rotate \(key.id)"
    case .revokeKey(let key): "gateway keys revoke \(key.id)"
    case .setAccess(let user, let allowed, let blocked):
      (["gateway access set \(user.username)"] + allowed.map { "--allow \($0)" }
        + blocked.map { "--block \($0)" }).joined(separator: " ")
    case .group(let changes): changes.map(\.command).joined(separator: "; ")
    }
  }
}

/// What a user's record says beside name, access and keys.
struct Profile: Equatable, Sendable {
  var email: String?
  var description: String?
  var metadata: JSONObject

  init(email: String? = nil, description: String? = nil, metadata: JSONObject = JSONObject()) {
    self.email = email
    self.description = description
    self.metadata = metadata
  }

  init(of user: User) {
    self.init(email: user.email, description: user.description, metadata: user.metadata)
  }
}

/// What became of a change.
enum StoreOutcome: Sendable {
  case done
  /// A key that is shown this once.
  case issued(Secret, APIKey)
  /// Of a group so many were made before.
  case failed(StoreError, made: Int)
}

/// A key in clear. It prints as nothing, and its bytes are overwritten when the last who holds it lets it go.
final class Secret: @unchecked Sendable, CustomStringConvertible {
  private let bytes: UnsafeMutableBufferPointer<UInt8>

  init(_ text: String) {
    bytes = .allocate(capacity: text.utf8.count)
    _ = bytes.initialize(from: text.utf8)
  }

  deinit {
    bytes.update(repeating: 0)
    bytes.deallocate()
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var count: Int { bytes.count }
  var description: String { "…" }
}
