import GatewayKit

/// Everything that the console knows. Only ``update(_:)`` changes it, and the views only read it.
struct Model: Sendable {
  var size = Size(rows: 24, columns: 80)
  var now = Timestamp(microseconds: 0)
  var zone = 0
  var host = ""
  var isASCII = false
  var theme = Theme.standard
  var keymap = Keymap.standard

  // MARK: Data

  var roster = Roster()
  var isLoaded = false
  /// Why the store cannot be read now.
  var trouble: StoreError?
  /// Why nothing can be changed; nil where it can.
  var readOnly: String?
  var backends: [BackendRow] = []
  /// Why the gateway says nothing; nil while it does.
  var gatewayAbsence: String? = "not asked yet"
  var sessions = 0
  var usage = UsageNews()
  var audit: [AuditRow] = []

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
  var quickFilter = QuickFilter.all
  var isUTC = false
  var follows = true
  var isPaused = false

  var dialogs: [Dialog] = []
  /// The filter of the pane's list is being typed.
  var isFiltering = false
  var filterInput = TextInput("", limit: 200)
  var notice: Notice?
  var history = History()
  private(set) var lastChange = 0
  /// What is under way, by number, with what would undo it.
  var pending: [Int: Pending] = [:]
  var interrupted: Timestamp?

  struct Pending: Sendable {
    let change: StoreChange
    let title: String
    let undo: History.Restore?
    var isHistory = true
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
    case .keys: keys.selected.flatMap(key)
    case .users: person.flatMap { person in person.keys.first { $0.id == detailKeys.selected } }
    default: nil
    }
  }

  func key(_ id: String) -> APIKey? {
    for person in roster.people {
      if let key = person.keys.first(where: { $0.id == id }) { return key }
    }
    return nil
  }

  /// The backend that an access action is about.
  var selectedBackend: String? {
    switch pane {
    case .users: detailAccess.selected
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
      text: text, isError: isError, until: isError ? nil : now.advanced(by: .seconds(6)))
  }
}
