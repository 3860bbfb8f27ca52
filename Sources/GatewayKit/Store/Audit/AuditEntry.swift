/// What is to be written into the log, before it has its place there.
struct AuditEntry: Sendable {
  let time: Timestamp
  /// The store's, at that time.
  let generation: UInt64
  let event: AuditEvent
  /// The members behind `event`, in their order.
  let members: JSONObject

  init(
    _ event: AuditEvent, generation: UInt64, at time: Timestamp = .now,
    _ members: [(key: String, value: JSONValue)] = []
  ) {
    self.time = time
    self.generation = generation
    self.event = event
    self.members = JSONObject(members)
  }
}
