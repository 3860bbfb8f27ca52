import GatewayKit

/// What a user's lists come to at one backend: the effect, not only the rule.
enum AccessCell: Equatable, Sendable {
  /// A rule allows it, a rule blocks it.
  case allowed, blocked
  /// No rule is about it, and it is open, or closed by the user's allow list.
  case open, closed
  /// Rules are about some of its tools.
  case partial

  init(_ user: User, _ backend: String) {
    let prefix = backend + "/"
    let isPartial = (user.allowed + user.blocked).contains {
      $0.hasPrefix(prefix) && $0 != prefix + "*"
    }
    switch user.decision(on: backend) {
    case .deny(.blocked): self = .blocked
    case .deny: self = .closed
    case .allow where isPartial: self = .partial
    case .allow(.allowed): self = .allowed
    case .allow: self = .open
    }
  }

  var isReached: Bool { self != .blocked && self != .closed }

  var word: String {
    switch self {
    case .allowed: "allow"
    case .blocked: "block"
    case .open, .closed: "default"
    case .partial: "partial"
    }
  }
}

extension User {
  /// The lists after a rule about a whole backend is set or taken away.
  func lists(
    setting rule: AccessCell, on backend: String
  ) -> (allowed: [String], blocked: [String]) {
    func isWhole(_ entry: String) -> Bool { entry == backend || entry == "\(backend)/*" }
    var allowed = self.allowed.filter { !isWhole($0) }
    var blocked = self.blocked.filter { !isWhole($0) }
    if rule == .allowed { allowed.append(backend) }
    if rule == .blocked { blocked.append(backend) }
    return (allowed, blocked)
  }

  /// `all`, `+2`, `-1`, `+1 -1`: what the list of users says.
  var accessText: String {
    let parts =
      (allowed.isEmpty ? [] : ["+\(allowed.count)"])
      + (blocked.isEmpty ? [] : ["-\(blocked.count)"])
    return parts.isEmpty ? "all" : parts.joined(separator: " ")
  }
}
