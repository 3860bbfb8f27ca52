/// When and from where a key was last used, or whatever else callers are known by.
package struct KeyUse: Sendable {
  package let id: String
  package let user: String
  package internal(set) var lastUsed = Timestamp(microseconds: 0)
  package internal(set) var address = ""
  /// The client's name and version, as it told them; empty for one that told none.
  package internal(set) var client = ""

  init(id: String, user: String) {
    self.id = id
    self.user = user
  }
}

/// When keys were last used, as far as that was counted.
package struct KeyUses: Sendable {
  /// When counting began; nil where nothing was ever counted.
  package let began: Timestamp?
  private let byID: [String: KeyUse]

  init(began: Timestamp?, byID: [String: KeyUse]) {
    self.began = began
    self.byID = byID
  }

  /// What is kept beside the store, with or without a running gateway.
  ///
  /// - Throws: `FileError` for what cannot be read.
  package static func read(beside storePath: String) throws(FileError) -> KeyUses {
    try UsageFile(beside: storePath).read().book?.keyUses ?? .none
  }

  package static let none = KeyUses(began: nil, byID: [:])

  package subscript(_ keyID: String) -> KeyUse? { byID[keyID] }

  /// The latest of some keys'.
  package func latest(of keys: [APIKey]) -> KeyUse? {
    keys.compactMap { byID[$0.id] }.max { $0.lastUsed < $1.lastUsed }
  }
}

/// Which keys somebody wants to see.
package struct KeyFilter: Sendable {
  package var state: KeyState?
  /// Valid keys that were not used for so long, and are older than that.
  package var unused: Duration?
  /// Valid keys that expire within so long.
  package var expiring: Duration?
  /// Valid keys without an end.
  package var neverExpires = false

  package init() {}

  package func matches(_ key: APIKey, _ uses: KeyUses, at now: Timestamp) -> Bool {
    let keyState = key.state(at: now)
    if let state, keyState != state { return false }
    let isAboutValidOnes = unused != nil || expiring != nil || neverExpires
    if isAboutValidOnes, keyState != .valid { return false }
    if let unused {
      let used = max(uses[key.id]?.lastUsed ?? key.createdAt, key.createdAt)
      if used.duration(to: now) < unused { return false }
    }
    if let expiring {
      guard let end = key.expiresAt, now.duration(to: end) <= expiring else { return false }
    }
    return !neverExpires || key.expiresAt == nil
  }
}
