import GatewayKit

/// Everything that happens: keys, data, the clock. Nothing else changes the model.
enum Message: Sendable {
  case key(Key)
  case paste(String)
  case mouse(MouseEvent)
  case resize(Size)
  /// The time, and how many seconds the operator's clock is ahead of UTC.
  case clock(Timestamp, zone: Int)
  case store(StoreNews)
  /// What became of the change with this number.
  case changed(Int, StoreOutcome)
  case gateway(GatewayNews)
  case usage(UsageNews)
  case audit([AuditRow])
  /// Lines that were written since, the newest first.
  case moreAudit([AuditRow])
  case copied(CopyOutcome)
  /// Something for the last line.
  case said(String, isError: Bool)
  /// Something to read.
  case shown(TextBox)
  /// Keys that were shown in an earlier session, which ended before they were said to be stored.
  case unconfirmed([UnconfirmedKey])
  /// What the terminal's background is.
  case background(isLight: Bool)
  /// Nobody could wake the console, were it suspended.
  case cannotSuspend
  /// The session ends: the program's exit status.
  case end(Int32)
}

/// What the store's watcher says.
enum StoreNews: Sendable {
  /// - `changed`: how many users are not as they were.
  case loaded(Roster, changed: Int)
  /// It cannot be read now; what was read last goes on.
  case unreadable(StoreError)
  /// Earlier states that are kept.
  case generations([StoreGeneration])
  /// Changes are not possible: why, in a sentence.
  case readOnly(String)
}

/// What is known of the running gateway.
enum GatewayNews: Sendable {
  case absent(String)
  case running([BackendRow], sessions: Int)
  /// One backend is another than it was.
  case backend(BackendRow)
  /// Calls since the last of these, by backend and by user.
  case ticks(backends: [String: Int], users: [String: Int])
}

/// One backend as the panes show it.
struct BackendRow: Sendable, Equatable {
  let name: String
  /// `up`, `down`, `paused`, `connecting`, `disabled`; empty where no gateway says.
  var state = ""
  var since: Timestamp?
  var tools: Int?
  var latency: Int?
  var inFlight = 0
  var lastError: String?
  var nextTry: Timestamp?

  var isUp: Bool { state == "up" }
}

/// What was counted.
struct UsageNews: Sendable {
  var ask = UsageAsk()
  var uses = KeyUses.none
  /// Calls of each key, by its id.
  var callsOfKey: [String: Int] = [:]
  var byBackend: [UsageLine] = []
  /// By what was asked for.
  var lines: [UsageLine] = []
  /// Calls in sixty equal parts of the window, the oldest first.
  var graph = [Int](repeating: 0, count: 60)
}

/// One line of a usage table.
struct UsageLine: Sendable, Equatable {
  let name: String
  var calls = 0
  var errors = 0
  var denials = 0
  /// Milliseconds; nil where it is not known.
  var p50: Double?
  var p99: Double?

  /// Of a hundred calls.
  var errorPercent: Double { calls == 0 ? 0 : Double(errors * 100) / Double(calls) }
}

/// One line of the audit log.
struct AuditRow: Sendable {
  let sequence: String
  let time: Timestamp?
  let event: String
  let actor: String
  let target: String
  let result: String
  var number: Int { Int(sequence) ?? 0 }
  /// Members that a filter can name.
  let fields: [String: String]
  /// The whole line, member by member.
  let details: [(name: String, value: String)]
  let searched: [UInt8]
}
