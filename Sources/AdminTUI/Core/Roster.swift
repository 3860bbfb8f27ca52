import CSyscalls
import GatewayKit

/// The store's users and keys as of one generation, the users in the order of their names.
struct Roster: Sendable {
  struct Person: Sendable {
    let user: User
    let keys: [APIKey]
  }

  var path = ""
  var generation: UInt64 = 0
  private(set) var people: [Person] = []
  private(set) var keyCount = 0
  private var places: [String: Int32] = [:]
  private var names: [String: Int32] = [:]
  /// Of each key, its user.
  private var owners: [String: Int32] = [:]
  /// Each user's id, and what a filter looks at, in lower case, one behind the other: looking through
  /// them touches nothing else.
  private(set) var ids: [String] = []
  private var text: [UInt8] = []
  private var ends: [Int32] = []

  init() {}

  init(path: String, generation: UInt64, users: [User], keys: [APIKey]) {
    self.path = path
    self.generation = generation
    keyCount = keys.count
    let users =
      zip(users, users.dropFirst()).allSatisfy { $0.username < $1.username }
      ? users : users.sorted { $0.username < $1.username }
    ids = users.map(\.id)
    for (place, id) in ids.enumerated() { places[id] = Int32(place) }
    var keysOf = [[APIKey]](repeating: [], count: users.count)
    owners.reserveCapacity(keys.count)
    // A user's keys mostly stand behind each other.
    var last = (id: "", place: Int32?.none)
    for key in keys {
      if key.userID != last.id { last = (key.userID, places[key.userID]) }
      guard let place = last.place else { continue }
      keysOf[Int(place)].append(key)
      owners[key.id] = place
    }
    people.reserveCapacity(users.count)
    names.reserveCapacity(users.count)
    ends.reserveCapacity(users.count)
    for (place, user) in users.enumerated() {
      names[user.username] = Int32(place)
      people.append(Person(user: user, keys: keysOf[place]))
      append(user.username)
      text.append(UInt8(ascii: " "))
      append(user.email ?? "")
      text.append(UInt8(ascii: " "))
      append(user.description ?? "")
      ends.append(Int32(text.count))
    }
  }

  /// Most names are ASCII, whose lower case needs no tables.
  private mutating func append(_ part: String) {
    var part = part
    let isASCII = part.withUTF8 { bytes in
      guard bytes.allSatisfy({ $0 < 0x80 }) else { return false }
      text.append(contentsOf: bytes.lazy.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
      return true
    }
    if !isASCII { text += part.lowercased().utf8 }
  }

  subscript(id: String?) -> Person? { id.flatMap { places[$0] }.map { people[Int($0)] } }

  func person(named name: String) -> Person? { names[name].map { people[Int($0)] } }

  func key(_ id: String) -> APIKey? {
    owners[id].flatMap { people[Int($0)].keys.first { $0.id == id } }
  }

  /// The users that a filter lets through, in their order.
  ///
  /// - Parameter known: those that a wider filter let through.
  func matching(_ filter: Filter, in known: [Int]? = nil) -> [Int] {
    if filter.isEmpty { return Array(people.indices) }
    // One look through all of the text is faster than many through a part of it each.
    if let part = filter.part, known.map({ $0.count > people.count / 8 }) ?? true {
      return places(containing: part)
    }
    return text.withUnsafeBufferPointer { text in
      func matches(_ place: Int) -> Bool {
        let start = place == 0 ? 0 : Int(ends[place - 1])
        return filter.matches(UnsafeBufferPointer(rebasing: text[start..<Int(ends[place])]))
      }
      return known.map { $0.filter(matches) } ?? people.indices.filter(matches)
    }
  }

  private func places(containing part: [UInt8]) -> [Int] {
    text.withUnsafeBytes { text in
      part.withUnsafeBytes { part in
        var found: [Int] = []
        var (at, place) = (0, 0)
        guard let start = text.baseAddress else { return found }
        while at < text.count,
          let hit = gateway_find(start + at, text.count - at, part.baseAddress, part.count)
        {
          at = UnsafeRawPointer(hit) - start
          while Int(ends[place]) <= at { place += 1 }
          // What reaches into the next user's text is in neither.
          guard at + part.count <= Int(ends[place]) else {
            at += 1
            continue
          }
          found.append(place)
          at = Int(ends[place])
        }
        return found
      }
    }
  }

  /// How many users came, went or are others than they were.
  func changes(from old: Roster) -> Int {
    var count = 0
    for person in people {
      if !(old[person.user.id]?.isSame(as: person) ?? false) { count += 1 }
    }
    return count + old.ids.count { places[$0] == nil }
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
