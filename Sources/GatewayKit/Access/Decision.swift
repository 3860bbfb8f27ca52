/// What is decided about: an operation as the backend knows it.
package enum Operation {
  /// Something that is no one name's: the backend itself, a list's change, a log line.
  case reach(BackendID)
  /// A tool, prompt, resource URI or URI template, by its own name as UTF-8.
  case named(BackendID, name: UnsafeRawBufferPointer)
  /// A method that nobody has said how to decide about.
  case unknown
}

/// Whether something may be done, and by which rule.
public enum Decision: Equatable, Sendable {
  case allow(AllowReason)
  case deny(DenialRule)

  /// Whether it may be done.
  public var isAllowed: Bool {
    if case .allow = self { return true }
    return false
  }
}

/// Why something is allowed.
public enum AllowReason: Equatable, Sendable, CustomStringConvertible {
  /// There is no allow list, and no block entry is about it.
  case open
  /// An entry of the allow list is about it.
  case allowed(AccessEntry)

  public var description: String {
    switch self {
    case .open: "no rule stands against it"
    case .allowed(let entry): "the allow entry \(entry)"
    }
  }
}

/// Why something is denied.
public enum DenialRule: Equatable, Sendable, CustomStringConvertible {
  /// An entry of the block list is about it; block wins over allow.
  case blocked(AccessEntry)
  /// There is an allow list, and nothing in it is about it.
  case notInAllowList
  /// The method is one that no rule can be about.
  case unknownMethod

  public var description: String {
    switch self {
    case .blocked(let entry): "the block entry \(entry)"
    case .notInAllowList: "there is an allow list, and it is not in it"
    case .unknownMethod: "the method is not known"
    }
  }
}

extension AccessRules {
  /// The one function that decides (DESIGN §6): lists, calls, reads, prompts, completions and
  /// `explain` all ask it, in both eras. An allowed operation costs no allocation.
  package func decide(_ operation: Operation) -> Decision {
    switch operation {
    case .unknown:
      return .deny(.unknownMethod)
    case .reach(let backend):
      if let rule = blocked.first(where: { $0.isWhole(backend) }) {
        return .deny(.blocked(rule.entry))
      }
      guard !allowed.isEmpty else { return .allow(.open) }
      guard let rule = allowed.first(where: { $0.backend == backend }) else {
        return .deny(.notInAllowList)
      }
      return .allow(.allowed(rule.entry))
    case .named(let backend, let name):
      if let rule = blocked.first(where: { $0.isAbout(backend, name) }) {
        return .deny(.blocked(rule.entry))
      }
      guard !allowed.isEmpty else { return .allow(.open) }
      guard let rule = allowed.first(where: { $0.isAbout(backend, name) }) else {
        return .deny(.notInAllowList)
      }
      return .allow(.allowed(rule.entry))
    }
  }
}

extension AccessRules.Rule {
  func isAbout(_ backend: BackendID, _ name: UnsafeRawBufferPointer) -> Bool {
    self.backend == backend && (pattern?.matches(name) ?? true)
  }

  /// `BACKEND` and `BACKEND/*` are about all of it.
  func isWhole(_ backend: BackendID) -> Bool {
    self.backend == backend && (pattern?.isEverything ?? true)
  }
}
