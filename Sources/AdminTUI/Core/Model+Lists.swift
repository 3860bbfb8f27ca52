import GatewayKit

/// Which rows the lists show.
extension Model {
  mutating func showUsers() {
    var found = roster.matching(
      users.filter, in: lastFound.flatMap { users.filter.narrows($0.filter) ? $0.places : nil })
    lastFound = (users.filter, found)
    // They come in the order of their names.
    if users.sort != 0 {
      sort(&found)
    } else if users.isDescending {
      found.reverse()
    }
    users.show(found.map { roster.ids[$0] })
    if pane == .access { showAccess() }
    showDetail()
  }

  /// The matrix has the rows of the list of users.
  mutating func showAccess() {
    access.filter = users.filter
    access.show(users.rows)
  }

  private func sort(_ found: inout [Int]) {
    let (uses, people) = (usage.uses, roster.people)
    func before(_ leftPlace: Int, _ rightPlace: Int) -> Bool {
      let (left, right) = (people[leftPlace], people[rightPlace])
      return switch users.sort {
      case 1: left.keys.count < right.keys.count
      case 2: left.user.accessText < right.user.accessText
      case 3:
        (uses.latest(of: left.keys)?.lastUsed ?? Timestamp(microseconds: 0))
          < (uses.latest(of: right.keys)?.lastUsed ?? Timestamp(microseconds: 0))
      case 4: left.user.isEnabled && !right.user.isEnabled
      case 5: (left.user.email ?? "") < (right.user.email ?? "")
      default: left.user.username < right.user.username
      }
    }
    found.sort(by: before)
    if users.isDescending { found.reverse() }
  }

  /// The boxes beside the list of users.
  mutating func showDetail() {
    let person = roster[users.selected]
    detailKeys.show(
      (person?.keys ?? []).sorted {
        ($0.isRevoked ? 1 : 0, $0.name) < ($1.isRevoked ? 1 : 0, $1.name)
      }
      .map(\.id))
    detailAccess.show(backends.map(\.name))
  }

  /// Looks at all keys, so only while somebody looks at them.
  mutating func showKeys() {
    guard pane == .keys else { return }
    keySummary = KeySummary(roster, usage.uses, now)
    let filter = keys.filter
    let (now, uses, calls) = (now, usage.uses, usage.callsOfKey)
    var quick = KeyFilter()
    switch quickFilter {
    case .all: break
    case .expiring: quick.expiring = .seconds(30 * 86_400)
    case .unused: quick.unused = .seconds(90 * 86_400)
    case .never: quick.neverExpires = true
    case .revoked: quick.state = .revoked
    }
    var found: [APIKey] = []
    for person in roster.people {
      for key in person.keys where quick.matches(key, uses, at: now) {
        let text =
          filter.isEmpty ? [] : Array("\(key.username) \(key.name) \(key.id)".lowercased().utf8)
        if filter.isEmpty || filter.matches(text) { found.append(key) }
      }
    }
    let far = Timestamp(microseconds: .max)
    func before(_ left: APIKey, _ right: APIKey) -> Bool {
      switch keys.sort {
      case 0: (left.username, left.name) < (right.username, right.name)
      case 1: (left.name, left.username) < (right.name, right.username)
      case 2:
        (left.isRevoked ? far : left.expiresAt ?? far, left.username)
          < (right.isRevoked ? far : right.expiresAt ?? far, right.username)
      case 3: (calls[left.id] ?? 0) < (calls[right.id] ?? 0)
      case 4:
        (uses[left.id]?.lastUsed.microseconds ?? 0) < (uses[right.id]?.lastUsed.microseconds ?? 0)
      default: left.state(at: now).rawValue < right.state(at: now).rawValue
      }
    }
    let sorted = found.sorted(by: before)
    keys.show((keys.isDescending ? sorted.reversed() : sorted).map(\.id))
  }

  /// Those that expire come in the order in which they do.
  mutating func showKeys(only filter: QuickFilter) {
    if quickFilter == .expiring, keys.sort == 2 { keys.sort = 0 }
    quickFilter = filter
    if filter == .expiring { (keys.sort, keys.isDescending) = (2, false) }
    showKeys()
  }

  /// How many users may call each backend; looks at all users, so only while somebody looks at it.
  mutating func countReach() {
    guard pane == .backends else { return }
    reach = [:]
    for row in backends {
      reach[row.name] = roster.people.count { $0.user.isEnabled && $0.user.reaches(row.name) }
    }
  }

  mutating func showBackends() {
    if reach.count != backends.count { countReach() }
    let filter = backendList.filter
    backendList.show(
      backends.map(\.name).filter { filter.isEmpty || filter.matches(Array($0.lowercased().utf8)) })
    detailAccess.show(backends.map(\.name))
    column = max(0, min(column, backends.count - 1))
  }

  mutating func showUsage() {
    let filter = usageList.filter
    usageList.show(
      usage.lines.map(\.name).filter {
        filter.isEmpty || filter.matches(Array($0.lowercased().utf8))
      })
  }

  mutating func showAudit() {
    let filter = AuditFilter(auditList.filter.text, now: now)
    auditList.show(
      audit.filter { filter.isEmpty || filter.matches($0) }.map(\.sequence))
  }

  /// After the filter or the order of the pane's list was changed.
  mutating func showList() {
    switch pane {
    case .users, .access: showUsers()
    case .keys: showKeys()
    case .backends: showBackends()
    case .usage: showUsage()
    case .audit: showAudit()
    }
  }

  /// Columns that a list can be sorted by.
  var sortableColumns: Int {
    switch pane {
    case .users: Layout(size).list.columns >= 66 ? 6 : 5
    case .keys: 6
    default: 1
    }
  }
}
