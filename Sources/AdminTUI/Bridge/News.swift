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

extension UsageNews {
  init(_ book: UsageBook, now: Timestamp) {
    uses = book.keyUses
    var query = UsageQuery()
    byUser = book.report(query, now: now).rows.map { UsageLine($0.user ?? "", $0) }
    query.grouping = .backend
    byBackend = book.report(query, now: now).rows.map { UsageLine($0.backend ?? "", $0) }
    query.since = now.advanced(by: .seconds(-3600))
    let points = book.report(query, now: now).points
    let last = now.microseconds / 60_000_000
    var minutes = [Int](repeating: 0, count: 60)
    for point in points {
      let place = 59 - Int(last - point.start.microseconds / 60_000_000)
      if minutes.indices.contains(place) { minutes[place] += Int(point.counts.calls) }
    }
    self.minutes = minutes
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
    actor =
      by?["sudo_user"]?.stringValue ?? by?["login"]?.stringValue ?? by?["account"]?.stringValue
      ?? by?["by"]?.stringValue ?? text("user") ?? text("principal") ?? ""
    let about = [text("user"), text("backend"), text("tool") ?? text("key_id")].compactMap { $0 }
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
    details = (announced + said).map { ($0.key, $0.value.stringValue ?? $0.value.text) }
    searched = Array("\(self.event) \(actor) \(target) \(result)".lowercased().utf8)
  }
}
