import GatewayKit

extension UserStore {
  /// - Returns: the key that was made, if one was.
  func make(_ change: StoreChange) async throws(StoreError) -> IssuedKey? {
    switch change {
    case .createUser(let user):
      try await createUser(
        user.name, email: user.profile.email, description: user.profile.description,
        isEnabled: user.isEnabled, allowed: user.allowed, blocked: user.blocked,
        metadata: user.profile.metadata)
      guard let firstKey = user.firstKey else { return nil }
      return try await issueKey(for: user.name, ttl: firstKey)
    case .editUser(let user, let profile, let isEnabled):
      let old = Profile(of: user)
      if profile != old {
        try await editUser(
          user.username, email: Self.change(old.email, profile.email),
          description: Self.change(old.description, profile.description),
          metadata: profile.metadata == old.metadata ? nil : profile.metadata, seen: user)
      }
      if isEnabled != user.isEnabled {
        _ = try await setEnabled(isEnabled, for: user.username, seen: user)
      }
    case .setEnabled(let user, let isOn):
      _ = try await setEnabled(isOn, for: user.username, seen: user)
    case .deleteUser(let name): try await deleteUser(name)
    case .issueKey(let name, let keyName, let ttl):
      return try await issueKey(for: name, named: keyName, ttl: ttl)
    case .renameKey(let key, let name): try await renameKey(.id(key.id), to: name, seen: key)
    case .extendKey(let key, let ttl): try await extendKey(.id(key.id), ttl: ttl, seen: key)
    case .rotateKey(let key): return try await rotateKey(.id(key.id))
    case .revokeKey(let key): _ = try await revokeKey(.id(key.id))
    case .setAccess(let user, let allowed, let blocked):
      try await setAccess(
        for: user.username, allowed: allowed, blocked: blocked, seen: user)
    case .group(let changes): for change in changes { _ = try await make(change) }
    }
    return nil
  }

  private static func change(_ old: String?, _ new: String?) -> Change<String> {
    guard old != new else { return .keep }
    return new.map { .set($0) } ?? .clear
  }
}
