import Dispatch
import HTTPTypes
import Hummingbird

extension AdminAPI {
  static let auditQuery = [
    "user", "key_id", "backend", "tool", "action", "since", "until", "limit",
  ]

  /// The newest events that match, oldest first, as they stand in the log.
  func searchAudit(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    guard configuration.audit.isOn else {
      throw AdminError(404, "audit_off", "The configuration has audit.path off: there is no log.")
    }
    var query = AuditQuery()
    query.user = context.query["user"]
    query.key = context.query["key_id"]
    query.backend = context.query["backend"]
    query.tool = context.query["tool"]
    if let action = context.query["action"] {
      guard AuditEvent.isAction(action) else {
        throw AdminError.field("action", "is no event; they are \(AuditEvent.list)")
      }
      query.action = action
    }
    query.since = try time("since", context)
    query.until = try time("until", context)
    let limit = context.query["limit"].map { Int($0) } ?? 100
    guard let limit, (1...1000).contains(limit) else {
      throw AdminError.field("limit", "must be a whole number from 1 to 1000")
    }
    // Off the threads that others need: the log may be large.
    let path = configuration.auditPath
    let found = query
    let events = try await DispatchQueue.global().perform { () throws -> [JSONValue] in
      var events: [JSONValue] = []
      try found.search(path, newest: limit) { line in
        if let event = try? JSONValue.parse(line) { events.append(event) }
        return true
      }
      return events
    }
    return AdminAnswer.json(["events": .array(events)])
  }

  func time(_ name: String, _ context: AdminRequestContext) throws -> Timestamp? {
    guard let text = context.query[name] else { return nil }
    guard let time = Timestamp(parsing: text) else {
      throw AdminError.field(name, "must be a time such as 2026-03-31T12:00:00Z")
    }
    return time
  }
}
