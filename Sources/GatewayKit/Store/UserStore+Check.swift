/// What is odd about a store that loads.
public struct StoreReport: Sendable {
  /// The file.
  public let path: String
  /// How often it was written by programs that count.
  public let generation: UInt64
  /// How many users it has.
  public let users: Int
  /// How many keys it has, those without a user among them.
  public let keys: Int
  /// One sentence each.
  public let findings: [String]
}

extension UserStore {
  /// Looks for what a store can hold and nobody wants: keys without a user, references that lead
  /// nowhere, names and ids that stand for two.
  public func check() -> StoreReport {
    let document = document
    let users = document.users
    let usersByID = Dictionary(users.map { ($0.userID, $0) }) { first, _ in first }
    let keys = document.keys
    var findings: [String] = []
    for key in keys {
      guard let user = usersByID[key.userID] else {
        findings.append("the key \(key.id) belongs to a user_id that no user has; it is refused")
        continue
      }
      if user.username != key.username {
        findings.append(
          "the key \(key.id) names \(SafeText.line(key.username)) and belongs to \(SafeText.line(user.username)) by its user_id, which counts"
        )
      }
      if !user.hashes.contains(key.digest) {
        findings.append(
          "the key \(key.id) is missing from the api_keys of \(SafeText.line(user.username)); it works all the same"
        )
      }
    }
    for user in users {
      let lost = user.hashes.filter { document.place(ofKey: $0) == nil }.count
      if lost > 0 {
        findings.append("\(SafeText.line(user.username)) lists \(lost) keys that are not there")
      }
      if !Username.isValid(user.username) {
        findings.append(
          "\(SafeText.line(user.username)) is no name that would be given today; it works all the same"
        )
      }
      for entry in user.allowed + user.blocked {
        do {
          _ = try AccessEntry(entry)
        } catch {
          findings.append(
            "an access entry of \(SafeText.line(user.username)) is about nothing: \(error.reason)")
        }
      }
    }
    findings += Self.doubles(users, keys)
    return StoreReport(
      path: path, generation: document.generation, users: users.count, keys: keys.count,
      findings: findings)
  }

  private static func doubles(_ users: [UserRecord], _ keys: [KeyRecord]) -> [String] {
    var findings: [String] = []
    let names = Dictionary(grouping: users) { $0.username.lowercased() }
    for users in names.values where users.count > 1 {
      let list = users.map { SafeText.line($0.username) }.sorted().joined(separator: ", ")
      findings.append("these users differ only in the case of their names: \(list)")
    }
    for (id, keys) in Dictionary(grouping: keys, by: \.id) where keys.count > 1 {
      findings.append("\(keys.count) keys have the id \(id): they cannot be named by it")
    }
    let live = keys.filter { $0.isLive(at: .now) }
    for keys in Dictionary(grouping: live, by: { "\($0.userID)\n\($0.name)" }).values
    where keys.count > 1 {
      let owner = SafeText.line(keys[0].username)
      findings.append(
        "\(owner) has \(keys.count) live keys named \(SafeText.line(keys[0].name)); name them by id"
      )
    }
    return findings.sorted()
  }
}

extension UserStore {
  /// Why this process could not change the store at `path`, as far as that can be told without trying;
  /// nil where nothing speaks against it.
  package static func obstacle(at path: String) -> StoreError? { StoreFile(path: path).obstacle }
}
