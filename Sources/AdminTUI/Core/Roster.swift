import GatewayKit

/// The store's users and keys as of one generation.
struct Roster: Sendable {
  struct Person: Sendable {
    let user: User
    let keys: [APIKey]
    /// What a filter looks at, in lower case.
    let searched: [UInt8]
  }

  var path = ""
  var generation: UInt64 = 0
  private(set) var people: [Person] = []
  private(set) var keyCount = 0
  private var places: [String: Int] = [:]
  private var names: [String: Int] = [:]
  /// Of each key, its user and its place with them.
  private var keyPlaces: [String: (person: Int, key: Int)] = [:]

  init() {}

  init(path: String, generation: UInt64, users: [User], keys: [APIKey]) {
    self.path = path
    self.generation = generation
    keyCount = keys.count
    let byUser = Dictionary(grouping: keys, by: \.userID)
    people.reserveCapacity(users.count)
    for user in users {
      people.append(
        Person(
          user: user, keys: byUser[user.id] ?? [],
          searched: Array(
            "\(user.username) \(user.email ?? "") \(user.description ?? "")".lowercased().utf8)))
    }
    for (place, person) in people.enumerated() {
      places[person.user.id] = place
      names[person.user.username] = place
      for (index, key) in person.keys.enumerated() { keyPlaces[key.id] = (place, index) }
    }
  }

  subscript(id: String?) -> Person? {
    id.flatMap { places[$0] }.map { people[$0] }
  }

  func person(named name: String) -> Person? { names[name].map { people[$0] } }

  func key(_ id: String) -> APIKey? {
    keyPlaces[id].map { people[$0.person].keys[$0.key] }
  }

  /// How many users came, went or are others than they were.
  func changes(from old: Roster) -> Int {
    var count = 0
    for person in people {
      if !(old[person.user.id]?.isSame(as: person) ?? false) { count += 1 }
    }
    return count + old.people.count { self[$0.user.id] == nil }
  }
}

extension Roster.Person {
  fileprivate func isSame(as other: Roster.Person) -> Bool {
    user.username == other.user.username && user.isEnabled == other.user.isEnabled
      && user.allowed == other.user.allowed && user.blocked == other.user.blocked
      && Profile(of: user) == Profile(of: other.user)
      && keys.elementsEqual(other.keys) {
        $0.id == $1.id && $0.name == $1.name && $0.expiresAt == $1.expiresAt
          && $0.isRevoked == $1.isRevoked
      }
  }
}
