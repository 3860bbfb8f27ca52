import GatewayKit

/// What the model wants done outside of it. The shell does it, and tells the model by a ``Message``.
enum Effect: Sendable {
  case change(StoreChange, number: Int)
  case copy(Secret)
  case copyText(String)
  case forgetClipboard
  case writeFile(Secret, name: String)
  case export(path: String, text: String)
  /// Kept until it is said to be stored, in case the session ends first.
  case remember(UnconfirmedKey)
  case forget(keyID: String)
  case reload
  case readUsage(UsageAsk)
  case readAudit(AuditAsk)
  case check([String])
  case readTools(String)
  case readGenerations
  case compare(String)
  case restore(String)
  case repaint
  case suspend
  case setMouse(Bool)
  case quit(Int32)
}

/// A key that was shown, and that nobody said they had stored.
struct UnconfirmedKey: Equatable, Sendable {
  let id: String
  let name: String
  let username: String
  let shownAt: Timestamp
}

/// Which usage is looked at.
struct UsageAsk: Equatable, Sendable {
  enum Window: Int, CaseIterable, Sendable {
    case fiveMinutes, hour, day, all

    var title: String {
      switch self {
      case .fiveMinutes: "last 5 minutes"
      case .hour: "last hour"
      case .day: "last 24 hours"
      case .all: "since counting began"
      }
    }

    var duration: Duration? {
      switch self {
      case .fiveMinutes: .seconds(300)
      case .hour: .seconds(3600)
      case .day: .seconds(86_400)
      case .all: nil
      }
    }
  }

  var window = Window.hour
  var grouping = UsageQuery.Grouping.user
  /// Only what this one did.
  var user: String?
}

/// Which part of the audit log is looked at.
struct AuditAsk: Equatable, Sendable {
  var filter = ""
  /// Whether lines that are written from now on are told.
  var follows = true
}
