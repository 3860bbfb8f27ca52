import GatewayKit

/// What there is to say of all keys together.
struct KeySummary: Equatable, Sendable {
  private(set) var expiring = 0
  private(set) var endless = 0
  private(set) var unused = 0
  private(set) var revoked = 0

  init() {}

  init(_ roster: Roster, _ uses: KeyUses, _ now: Timestamp) {
    var old = KeyFilter()
    old.unused = .seconds(90 * 86_400)
    for person in roster.people {
      for key in person.keys {
        if old.matches(key, uses, at: now) { unused += 1 }
        if key.isRevoked {
          revoked += 1
        } else if let end = key.expiresAt {
          let left = now.duration(to: end)
          if left > .zero, left <= .seconds(30 * 86_400) { expiring += 1 }
        } else {
          endless += 1
        }
      }
    }
  }

  var text: String {
    func verb(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "s" : "")" }
    return "\(verb(expiring, "expire")) within 30 days, \(verb(endless, "never expire")), "
      + "\(unused) unused for 90 days, \(revoked) revoked"
  }
}
