import GatewayKit

/// What the gateway and its files say, as the model takes it.
extension BackendRow {
  init(status: JSONValue) {
    name = status["name"]?.stringValue ?? ""
    state = status["state"]?.stringValue ?? ""
    since = status["since"]?.stringValue.flatMap { Timestamp(parsing: $0) }
    tools = status["tools"]?.intValue
    latency = status["latencyMilliseconds"]?.intValue
    inFlight = status["inFlight"]?.intValue ?? 0
    lastError = status["lastError"]?.stringValue
    nextTry = status["nextTry"]?.stringValue.flatMap { Timestamp(parsing: $0) }
  }
}

extension GatewayNews {
  /// Of an event of `GET /events`; nil for one that the console does not go by.
  init?(_ event: JSONValue) {
    func calls(_ name: String) -> [String: Int] {
      let pairs = (event[name]?.arrayValue ?? []).compactMap { row in
        row["name"]?.stringValue.map { ($0, row["calls"]?.intValue ?? 0) }
      }
      return Dictionary(pairs, uniquingKeysWith: +)
    }
    if event["listen"] != nil, let rows = event["backends"]?.arrayValue {
      self = .running(
        rows.map(BackendRow.init(status:)), sessions: event["sessions"]?.intValue ?? 0)
    } else if event["name"] != nil, event["state"] != nil {
      self = .backend(BackendRow(status: event))
    } else if event["users"] != nil {
      self = .ticks(backends: calls("backends"), users: calls("users"))
    } else {
      return nil
    }
  }
}

extension UsageNews {
  init(_ book: UsageBook, _ ask: UsageAsk, now: Timestamp) {
    self.ask = ask
    uses = book.keyUses
    var query = UsageQuery()
    query.grouping = .key
    for row in book.report(query, now: now).rows {
      callsOfKey[row.key ?? "", default: 0] += Int(row.counts.calls)
    }
    query.user = ask.user
    query.since = ask.window.duration.map { now.advanced(by: .zero - $0) }
    query.grouping = ask.grouping
    lines = book.report(query, now: now).rows.map { row in
      UsageLine(ask.grouping == .user ? row.user ?? "" : row.name, row)
    }
    query.grouping = .backend
    byBackend = book.report(query, now: now).rows.map { UsageLine($0.backend ?? "", $0) }
    // A day's minutes in sixty parts, all days one by one.
    let part: Int64 = ask.window == .all ? 86_400 : ask.window == .day ? 1440 : 60
    query.since = now.advanced(by: .seconds(-part * 60))
    let last = now.microseconds / (part * 1_000_000)
    graph = [Int](repeating: 0, count: 60)
    for point in book.report(query, now: now).points {
      let place = 59 - Int(last - point.start.microseconds / (part * 1_000_000))
      if graph.indices.contains(place) { graph[place] += Int(point.counts.calls) }
    }
  }
}

extension UsageLine {
  init(_ name: String, _ row: UsageReport.Row) {
    self.init(
      name: name, calls: Int(row.counts.calls), errors: Int(row.counts.errors),
      denials: Int(row.counts.denials))
    p50 = row.latency?.milliseconds(at: 0.5)
    p99 = row.latency?.milliseconds(at: 0.99)
  }
}

extension AuditRow {
  /// - Parameter intent: the line that announced the change; it says who makes it, and what.
  init(_ event: JSONValue, intent: JSONValue?) {
    func text(_ name: String) -> String? { event[name]?.stringValue }
    sequence = event["seq"]?.text ?? ""
    time = text("time").flatMap { Timestamp(parsing: $0) }
    self.event = text("event") ?? ""
    let by = event["actor"] ?? intent?["actor"]
    let who =
      by?["sudo_user"]?.stringValue ?? by?["login"]?.stringValue ?? by?["account"]?.stringValue
      ?? by?["by"]?.stringValue ?? text("user") ?? text("principal") ?? ""
    actor = who
    // Who did it stands beside it already.
    let user = text("user").flatMap { $0 == who ? nil : $0 }
    let about = [user, text("backend"), text("tool") ?? text("key_id")].compactMap { $0 }
    target = about.joined(separator: "/")
    result =
      text("phase") ?? text("outcome") ?? text("reason") ?? text("cause")
      ?? (self.event == "call.denied" ? "denied" : "")
    let said = (event.objectValue?.members ?? []).filter {
      !["mac", "sealed_by", "seq", "intent"].contains($0.key)
    }
    let announced = (intent?.objectValue?.members ?? []).filter {
      ["actor", "changes"].contains($0.key)
    }
    details = (announced + said).map { name, value in
      (name, name == "actor" ? Self.sentence(value) : value.stringValue ?? value.text)
    }
    fields = [
      "actor": actor, "action": self.event, "user": text("user") ?? "", "key": text("key_id") ?? "",
      "backend": text("backend") ?? "", "tool": text("tool") ?? "", "result": result,
    ]
    searched = Array("\(self.event) \(actor) \(target) \(result)".lowercased().utf8)
  }

  /// `marko (uid 1001) over ssh from 10.0.9.3, pts/2, gateway-admin (pid 4410)`.
  private static func sentence(_ actor: JSONValue) -> String {
    func text(_ name: String) -> String? { actor[name].map { $0.stringValue ?? $0.text } }
    guard let uid = text("uid") else { return actor.stringValue ?? actor.text }
    let name =
      text("sudo_user").map { "\($0) as \(text("account") ?? "uid \(uid)")" } ?? text("account")
    var parts = ["\(name ?? "") (uid \(uid))"]
    if let address = text("ssh")?.split(separator: " ").first {
      parts[0] += " over ssh from \(address)"
    }
    if let terminal = text("tty") { parts.append(terminal) }
    if let program = text("program") {
      parts.append(program + (text("pid").map { " (pid \($0))" } ?? ""))
    }
    return parts.joined(separator: ", ")
  }
}
