/// Where a log stands: the number and the seal of a line.
struct AuditPosition: Equatable, Sendable {
  var sequence: UInt64
  var seal: SHA256Digest

  /// Before the first line of all.
  static let start = AuditPosition(sequence: 0, seal: SHA256Digest(a: 0, b: 0, c: 0, d: 0))
}
