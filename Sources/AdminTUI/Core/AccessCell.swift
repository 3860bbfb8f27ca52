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

  /// The rule that comes next when they go round.
  var next: AccessCell {
    switch self {
    case .open, .closed: .allowed
    case .allowed: .blocked
    case .blocked, .partial: .open
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
  /// The lists after a rule about a whole backend is set or taken away. A block leaves what is allowed as
  /// it is: it wins anyway, and an allow list that it emptied would open everything else.
  func lists(
    setting rule: AccessCell, on backend: String
  ) -> (allowed: [String], blocked: [String]) {
    Self.lists((allowed, blocked), setting: rule, on: backend)
  }

  static func lists(
    _ lists: (allowed: [String], blocked: [String]), setting rule: AccessCell, on backend: String
  ) -> (allowed: [String], blocked: [String]) {
    func isWhole(_ entry: String) -> Bool { entry == backend || entry == "\(backend)/*" }
    var allowed = lists.allowed
    var blocked = lists.blocked.filter { !isWhole($0) }
    switch rule {
    case .allowed: if !allowed.contains(where: isWhole) { allowed.append(backend) }
    case .blocked: blocked.append(backend)
    default: allowed.removeAll(where: isWhole)
    }
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
