/// One user's way to a backend, or to one thing of it.
public struct BackendAccess: Sendable {
  /// Who it is.
  public let user: User
  /// Why the lists let them.
  public let reason: AllowReason
  /// The keys that are valid now; none of a disabled user's are.
  public let validKeys: [APIKey]

  /// Whether the user could use it this moment: lists are one half, a valid key the other.
  public var worksNow: Bool { !validKeys.isEmpty }
}

extension User {
  /// Whether the lists let the user reach a backend at all. Whether the user is enabled, and has a
  /// valid key, is another question.
  public func reaches(_ backend: String) -> Bool { decision(on: backend).isAllowed }

  /// What the lists say about a backend, or about one thing of it, and by which rule.
  ///
  /// - Parameters:
  ///   - backend: its name in the configuration; it need not be configured.
  ///   - name: a tool's or prompt's name as the backend has it, or a resource's URI; nil asks about
  ///     the backend itself.
  public func decision(on backend: String, name: String? = nil) -> Decision {
    let id = BackendID(backend)
    guard var name else { return rules.decide(.reach(id)) }
    return name.withUTF8 { rules.decide(.named(id, name: UnsafeRawBufferPointer($0))) }
  }
}

extension UserStore {
  /// Everybody whom the lists let reach a backend, in the order of the file.
  ///
  /// ```swift
  /// for access in store.access(to: "erpnext") where access.worksNow {
  ///   print(access.user.username, access.reason)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - backend: its name in the configuration; it need not be configured.
  ///   - name: asks about one tool, prompt or resource URI of it.
  public func access(to backend: String, name: String? = nil) -> [BackendAccess] {
    let now = Timestamp.now
    let valid = Dictionary(grouping: keys().filter { $0.state(at: now) == .valid }, by: \.userID)
    return users().compactMap { user in
      guard case .allow(let reason) = user.decision(on: backend, name: name) else { return nil }
      return BackendAccess(user: user, reason: reason, validKeys: valid[user.id] ?? [])
    }
  }
}
