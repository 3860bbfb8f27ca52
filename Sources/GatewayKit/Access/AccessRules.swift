/// A user's access lists, ready to decide with: backends as numbers, patterns as bytes.
package struct AccessRules: Hashable, Sendable {
  struct Rule: Hashable, Sendable {
    let backend: BackendID
    let pattern: AccessPattern?
    let entry: AccessEntry
  }

  let allowed: [Rule]
  let blocked: [Rule]

  /// No lists: everything is allowed.
  package static let unrestricted = AccessRules(allowed: [], blocked: [])

  package init(allowed: [AccessEntry], blocked: [AccessEntry]) {
    self.allowed = allowed.map(Self.rule)
    self.blocked = blocked.map(Self.rule)
  }

  private static func rule(_ entry: AccessEntry) -> Rule {
    Rule(
      backend: BackendID(entry.backend), pattern: entry.pattern.map(AccessPattern.init),
      entry: entry)
  }

  /// The backends that the lists name, known or not.
  package var namedBackends: [String] { (allowed + blocked).map(\.entry.backend) }

  package var isUnrestricted: Bool { allowed.isEmpty && blocked.isEmpty }

  /// Whether a backend is in reach: not blocked whole, and named if there is an allow list.
  package func reaches(_ backend: BackendID) -> Bool { decide(.reach(backend)).isAllowed }
}
