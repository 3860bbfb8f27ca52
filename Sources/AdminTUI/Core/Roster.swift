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

  init() {}

  init(path: String, generation: UInt64, users: [User], keys: [APIKey]) {
    self.path = path
    self.generation = generation
    keyCount = keys.count
    let byUser = Dictionary(grouping: keys, by: \.userID)
    people = users.map { user in
      Person(
        user: user, keys: byUser[user.id] ?? [],
        searched: Array(
          "\(user.username) \(user.email ?? "") \(user.description ?? "")".lowercased().utf8))
    }
    for (place, person) in people.enumerated() { places[person.user.id] = place }
  }

  subscript(id: String?) -> Person? {
    id.flatMap { places[$0] }.map { people[$0] }
  }

  func person(named name: String) -> Person? { people.first { $0.user.username == name } }
}
