import GatewayKit
import Synchronization

/// What the files beside the store say: the usage that was counted, and the audit log.
///
/// A search of the log may take long, so it is called on a queue of its own; all else on one other.
final class BridgeFiles: Sendable {
  private let configuration: GatewayConfiguration
  private let mailbox: Mailbox

  private struct State {
    var usageAsk = UsageAsk()
    var usageSignature: [FileSignature?] = []
    var follower: AuditFollower?
    /// The number of the newest search, and whether it is over: new lines come behind what it finds.
    var search = 0
    var hasSearched = true
    /// Lines that announced changes whose outcomes have not come yet.
    var intents: [String: JSONValue] = [:]
  }

  private let state = Mutex(State())

  init(_ configuration: GatewayConfiguration, _ mailbox: Mailbox) {
    self.configuration = configuration
    self.mailbox = mailbox
  }

  /// Tells only what is new: nothing is painted for what is not.
  func look() {
    let signature = UsageFile(beside: configuration.storePath).signature
    if state.withLock({ $0.usageSignature != signature }) { readUsage() }
    followAudit()
  }

  // MARK: Usage

  func readUsage(_ ask: UsageAsk? = nil) {
    let file = UsageFile(beside: configuration.storePath)
    let asked = state.withLock { state in
      if let ask { state.usageAsk = ask }
      state.usageSignature = file.signature
      return state.usageAsk
    }
    var news = UsageNews()
    news.ask = asked
    if let book = try? file.read().book { news = UsageNews(book, asked, now: .now) }
    mailbox.put(.usage(news))
  }

  // MARK: Audit

  /// The most lines that are shown.
  private static let limit = Model.auditLimit

  func readAudit(_ ask: AuditAsk) {
    let filter = AuditFilter(ask.filter, now: .now)
    var query = AuditQuery()
    query.since = filter.since
    query.until = filter.until
    let mine = state.withLock { state in
      state.follower = ask.follows ? AuditFollower(configuration.auditPath, AuditQuery()) : nil
      state.hasSearched = false
      return state.search
    }
    var rows: [AuditRow] = []
    var intents: [String: JSONValue] = [:]
    // Without words the newest will do; with some, all lines are looked at.
    try? query.search(configuration.auditPath, newest: filter.isEmpty ? 2 * Self.limit : nil) {
      line in
      // Nobody waits for it any more.
      guard state.withLock({ $0.search == mine }) else { return false }
      guard filter.couldMatch(line), let event = try? JSONValue.parse(line) else { return true }
      if let row = Self.row(event, &intents), filter.matches(row) { rows.append(row) }
      if rows.count >= 2 * Self.limit { rows.removeFirst(Self.limit) }
      return true
    }
    state.withLock { state in
      guard state.search == mine else { return }
      mailbox.put(.audit(rows.suffix(Self.limit).reversed()))
      state.hasSearched = true
    }
  }

  /// Ends the search that is under way.
  func forgetSearch() { state.withLock { $0.search += 1 } }

  private func followAudit() {
    var rows: [AuditRow] = []
    state.withLock { state in
      guard state.hasSearched else { return }
      var intents = state.intents
      try? state.follower?.forEachLine { line in
        guard let event = try? JSONValue.parse(Array(line)) else { return }
        if let row = Self.row(event, &intents) { rows.append(row) }
      }
      state.intents = intents
    }
    if !rows.isEmpty { mailbox.put(.moreAudit(rows.reversed())) }
  }

  /// Nil for a line that only announces a change: its outcome tells all of it.
  private static func row(_ event: JSONValue, _ intents: inout [String: JSONValue]) -> AuditRow? {
    if event["phase"] == "intent" {
      intents[event["seq"]?.text ?? ""] = event
      return nil
    }
    return AuditRow(event, intent: event["intent"].flatMap { intents.removeValue(forKey: $0.text) })
  }

  // MARK: Exports

  /// Never writes over a file that is there.
  static func export(_ text: String, to path: String) -> Message {
    do {
      try SecretDrop.create(path, text)
      return .said("Written to \(path), which only you can read.", isError: false)
    } catch {
      return .said("\(path) was not written: \(error.reason).", isError: true)
    }
  }
}
