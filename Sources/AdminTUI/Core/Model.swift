import GatewayKit

/// Everything that the console knows. Only ``update(_:)`` changes it, and the views only read it.
struct Model: Sendable {
  var size = Size(rows: 24, columns: 80)
  var now = Timestamp(microseconds: 0)
  var zone = 0
  var host = ""
  var isASCII = false
  /// Without frames, for who hears the screen.
  var isPlain = false
  var theme = Theme.standard
  var keymap = Keymap.standard
  /// Where exports are offered to go.
  var home = ""

  // MARK: Data

  var roster = Roster()
  var isLoaded = false
  /// Why the store cannot be read now.
  var trouble: StoreError?
  var generations: [StoreGeneration] = []
  /// Why nothing can be changed; nil where it can.
  var readOnly: String?
  var backends: [BackendRow] = []
  /// Why the gateway says nothing; nil while it does.
  var gatewayAbsence: String? = "not asked yet"
  var sessions = 0
  /// Since when the gateway tells of calls.
  var listeningSince = Timestamp(microseconds: 0)
  var usage = UsageNews()
  var usageAsk = UsageAsk()
  var backendRates = Rates()
  var userRates = Rates()
  var audit: [AuditRow] = []

  /// How many users may call each backend.
  var reach: [String: Int] = [:]
  var keySummary = KeySummary()
  /// The places in the roster that the last filter of users found.
  var lastFound: (filter: Filter, places: [Int])?

  // MARK: What is looked at

  var pane = Pane.users
  var lastPane = Pane.users
  var users = ListState()
  var keys = ListState()
  var access = ListState()
  var backendList = ListState()
  var usageList = ListState()
  var auditList = ListState()
  /// Of the users pane: 0 the list, 1 the selected user's keys, 2 their access.
  var box = 0
  /// On 60 columns: the detail is shown instead of the list.
  var isDetailShown = false
  var detailKeys = ListState()
  var detailAccess = ListState()
  /// The backend that the cursor of the matrix is on.
  var column = 0
  /// Cells of the matrix that the next rule is for, beside the one under the cursor.
  var block: Block?
  var quickFilter = QuickFilter.all
  var isUTC = false
  var follows = true
  var isPaused = false

  var dialogs: [Dialog] = []
  /// The filter of the pane's list is being typed.
  var isFiltering = false
  var filterInput = TextInput("", limit: 200)
  /// What was typed before, the newest last.
  var filterPast = Past()
  var commandPast = Past()
  var notice: Notice?
  var history = History()
  private(set) var lastChange = 0
  /// What is under way, by number, with what would undo it.
  var pending: [Int: Pending] = [:]
  /// What was wanted meanwhile.
  var waiting: [Intent] = []
  var interrupted: Timestamp?
  var lastClick: (place: Place, when: Timestamp)?

  struct Pending: Sendable {
    let change: StoreChange
    let title: String
    let undo: History.Restore?
    /// What is said behind the title once it is done.
    let advice: String
    let started: Timestamp
    /// It undoes or redoes an entry, and is none itself.
    var restores: History.Step?
    var isDiscarded = false
  }

  /// A part of the matrix: from where `v` was pressed to the cursor, a column, or a row.
  enum Block: Equatable, Sendable {
    case from(user: String, column: Int)
    case column, row
  }

  enum QuickFilter: Int, CaseIterable, Sendable {
    case all, expiring, unused, never, revoked

    var title: String {
      switch self {
      case .all: ""
      case .expiring: "expires within 30 d"
      case .unused: "unused for 90 d"
      case .never: "never expires"
      case .revoked: "revoked"
      }
    }
  }

  // MARK: What follows from it

  var person: Roster.Person? { roster[selectedUserID] }

  var selectedUserID: String? {
    switch pane {
    case .access: access.selected
    default: users.selected
    }
  }

  /// A key stands on the screen.
  var showsKey: Bool {
    dialogs.contains { if case .reveal = $0 { true } else { false } }
  }

  /// Calls in the last minute; nil while nobody can know of any.
  func rate(_ rates: Rates, _ name: String) -> Int? {
    guard gatewayAbsence == nil else { return nil }
    let rate = rates.perMinute(name)
    return rate == 0 && listeningSince.duration(to: now) < .seconds(60) ? nil : rate
  }

  /// Calls of the last minutes are shown, and get old.
  var hasRates: Bool { !backendRates.isEmpty }

  /// The panes that show the store have nothing to show.
  var isTroubled: Bool { trouble != nil && [.users, .keys, .access].contains(pane) }

  /// The list that keys of movement are for.
  var list: ListState {
    get {
      switch pane {
      case .users: box == 1 ? detailKeys : box == 2 ? detailAccess : users
      case .keys: keys
      case .access: access
      case .backends: backendList
      case .usage: usageList
      case .audit: auditList
      }
    }
    set {
      switch pane {
      case .users:
        switch box {
        case 1: detailKeys = newValue
        case 2: detailAccess = newValue
        default: users = newValue
        }
      case .keys: keys = newValue
      case .access: access = newValue
      case .backends: backendList = newValue
      case .usage: usageList = newValue
      case .audit: auditList = newValue
      }
    }
  }

  /// The list that a filter is for: in the users pane always that of the users.
  var filtered: ListState {
    get { pane == .users ? users : list }
    set { if pane == .users { users = newValue } else { list = newValue } }
  }

  /// The key that a key action is about.
  var selectedKey: APIKey? {
    switch pane {
    case .keys: keys.selected.flatMap(roster.key)
    case .users: person.flatMap { person in person.keys.first { $0.id == detailKeys.selected } }
    default: nil
    }
  }

  /// Those that are marked and in view, else the one that is selected.
  var chosenKeys: [APIKey] {
    let list = pane == .keys ? keys : detailKeys
    let marked = list.rows.filter(list.marked.contains).compactMap(roster.key)
    return marked.isEmpty ? selectedKey.map { [$0] } ?? [] : marked
  }

  var chosenUsers: [User] {
    let marked = pane == .users ? users.rows.filter(users.marked.contains) : []
    return marked.isEmpty
      ? person.map { [$0.user] } ?? [] : marked.compactMap { roster[$0]?.user }
  }

  /// The backend that an access action is about.
  var selectedBackend: String? {
    switch pane {
    case .users: box == 2 ? detailAccess.selected : nil
    case .access: backends.indices.contains(column) ? backends[column].name : nil
    case .backends: backendList.selected
    default: nil
    }
  }

  mutating func nextChange() -> Int {
    lastChange += 1
    return lastChange
  }

  mutating func say(_ text: String, isError: Bool = false) {
    notice = Notice(
      text: text, isError: isError, until: isError ? nil : now.advanced(by: Notice.time))
  }
}

/// Lines that were typed, to be had again by ↑.
struct Past: Equatable, Sendable {
  private(set) var lines: [String] = []
  private var place = 0

  mutating func note(_ line: String) {
    if !line.isEmpty, lines.last != line { lines = (lines + [line]).suffix(50) }
    place = lines.count
  }

  /// The one before or behind the one that is shown; nil where there is none.
  mutating func step(_ step: Int) -> String? {
    guard (0...lines.count).contains(place + step), !lines.isEmpty else { return nil }
    place += step
    return place < lines.count ? lines[place] : ""
  }
}
