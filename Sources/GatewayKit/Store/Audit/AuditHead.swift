/// `audit.head`, beside the log: where the log stands, where it begins, and which change is under way.
///
/// The log itself cannot tell that its end or its beginning was taken away; this can. Sealed, so that
/// only who has the secret makes one; that it was put back to an earlier state along with the log is
/// what it cannot tell, so `/status` and the service's log show the newest position as well.
struct AuditHead: Equatable, Sendable {
  /// The last line.
  var last = AuditPosition.start
  /// The line before the oldest that is kept.
  var first = AuditPosition.start
  /// The store's generation after its last change that is in the log.
  var generation: UInt64?
  /// The change that was announced and not yet settled.
  var open: Open?

  struct Open: Equatable, Sendable {
    /// The line that announced it.
    let sequence: UInt64
    /// The store's generation once it is made.
    let generation: UInt64
  }

  /// Bytes of the file, which is written in place: one block of any disk.
  static let size = 512

  /// Takes in what a line says of the store.
  mutating func note(_ event: JSONValue, at sequence: UInt64) {
    guard let phase = event["phase"]?.stringValue,
      let now = event["generation"]?.intValue.flatMap({ UInt64(exactly: $0) })
    else { return }
    if phase == "intent", let next = event["becomes"]?.intValue.flatMap({ UInt64(exactly: $0) }) {
      open = Open(sequence: sequence, generation: next)
    } else {
      open = nil
      generation = now
    }
  }

  /// The text, filled up to `size` with spaces.
  func text(sealedBy sealer: AuditSealer) -> [UInt8] {
    var object = JSONObject([
      ("seq", .number(String(last.sequence))), ("mac", .string(last.seal.hex)),
      ("first_seq", .number(String(first.sequence))), ("first_mac", .string(first.seal.hex)),
      ("generation", generation.map { .number(String($0)) } ?? .null),
      ("open_seq", open.map { .number(String($0.sequence)) } ?? .null),
      ("open_generation", open.map { .number(String($0.generation)) } ?? .null),
    ])
    let seal = sealer.seal(JSONValue.object(object).bytes)
    object["seal"] = .string(seal.hex)
    let text = JSONValue.object(object).bytes
    return text + [UInt8](repeating: UInt8(ascii: " "), count: Self.size - 1 - text.count) + [0x0A]
  }

  /// Nil for what was not sealed with one of the sealer's secrets; without a sealer the seal is taken
  /// as it is.
  static func parse(_ bytes: [UInt8], sealer: AuditSealer?) -> AuditHead? {
    guard case .object(var object)? = try? JSONValue.parse(bytes),
      let seal = object["seal"]?.stringValue.flatMap({ SHA256Digest(hex: $0) })
    else { return nil }
    object["seal"] = nil
    func number(_ key: String) -> UInt64? {
      guard case .number(let digits)? = object[key] else { return nil }
      return UInt64(digits)
    }
    func digest(_ key: String) -> SHA256Digest? {
      object[key]?.stringValue.flatMap { SHA256Digest(hex: $0) }
    }
    guard sealer?.isSeal(seal, of: JSONValue.object(object).bytes) != false,
      let sequence = number("seq"),
      let mac = digest("mac"), let firstSequence = number("first_seq"),
      let firstMAC = digest("first_mac")
    else { return nil }
    var open: Open?
    if let sequence = number("open_seq"), let generation = number("open_generation") {
      open = Open(sequence: sequence, generation: generation)
    }
    return AuditHead(
      last: AuditPosition(sequence: sequence, seal: mac),
      first: AuditPosition(sequence: firstSequence, seal: firstMAC),
      generation: number("generation"), open: open)
  }
}
