/// What a line of the log tells. The raw value stands in it as `event`.
package enum AuditEvent: String, Sendable, CaseIterable {
  case userCreated = "user.created"
  case userChanged = "user.changed"
  case userEnabled = "user.enabled"
  case userDisabled = "user.disabled"
  case userDeleted = "user.deleted"
  case keyCreated = "key.created"
  case keyChanged = "key.changed"
  case keyRevoked = "key.revoked"
  case keyRotated = "key.rotated"
  case accessChanged = "access.changed"
  case storeRestored = "store.restored"
  /// Some program that keeps no log has written the store.
  case storeChangedElsewhere = "store.changed_elsewhere"
  /// What became of a change whose writer ended before it said so.
  case storeChangeSettled = "store.change_settled"
  /// A call, prompt, read or completion was answered, or ended otherwise.
  case callDone = "call.done"
  /// One that the lists do not allow.
  case callDenied = "call.denied"
  /// A credential was refused.
  case authRefused = "auth.refused"
  case sessionOpened = "session.opened"
  case sessionEnded = "session.ended"
  /// A backend no longer knew its session, and got a new one.
  case sessionRemade = "session.remade"
  /// A change ended a stream of messages that belong to no call.
  case streamEnded = "stream.ended"
  case backendUp = "backend.up"
  case backendDown = "backend.down"
  case gatewayStarted = "gateway.started"
  case gatewayStopped = "gateway.stopped"
  /// The configuration was read again.
  case configurationTaken = "configuration.taken"
  case configurationRefused = "configuration.refused"
  /// The log began: there was none, or it was not where it should be.
  case auditBegan = "audit.began"
  /// A writer was killed in the middle of a line, which was taken away.
  case auditRepaired = "audit.repaired"
  /// Lines that were written are no longer there.
  case auditGap = "audit.gap"
  /// Older files were removed, as the configuration has it.
  case auditPruned = "audit.pruned"
  /// Events could not be written, and are lost.
  case auditLost = "audit.lost"

  /// `key` of `key.revoked`.
  var family: String { String(rawValue.prefix { $0 != "." }) }

  /// Whether `text` is an event, or all of a family.
  package static func isAction(_ text: String) -> Bool {
    allCases.contains { $0.rawValue == text || $0.family == text }
  }

  /// Every event, for who named none of them.
  package static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
