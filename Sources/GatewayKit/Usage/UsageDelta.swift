/// What was counted in a second or two: what event loops hand over, and a line of the journal.
struct UsageDelta: Sendable {
  /// Calls of one key of one operation.
  struct Part: Sendable {
    /// The key's id, `static`, or an OAuth subject.
    let key: String
    /// The key's user; empty for what is no user's.
    let user: String
    let backend: String
    /// A tool's name, or the method of what is no tool's call. Empty for what is about no operation.
    let tool: String
    var counts: UsageCounts
    var latency: LatencyHistogram
    /// When the last of them came, in microseconds since 1970.
    let lastUsed: Int64
  }

  /// When and from where a key was last used.
  struct Sight: Sendable {
    /// The longest address or client that is kept, in bytes.
    private static let textLimit = 64

    let key: String
    let user: String
    /// Microseconds since 1970.
    let time: Int64
    let address: String
    /// The client's name and version, as it told them.
    let client: String

    init(key: String, user: String, time: Int64, address: String, client: String) {
      self.key = key
      self.user = user
      self.time = time
      self.address = Self.cut(address)
      self.client = Self.cut(client)
    }

    private static func cut(_ text: String) -> String {
      text.utf8.count <= textLimit
        ? text : String(decoding: text.utf8.prefix(textLimit), as: UTF8.self)
    }
  }

  /// Microseconds since 1970.
  var time: Int64
  var parts: [Part] = []
  var sights: [Sight] = []

  var isEmpty: Bool { parts.isEmpty && sights.isEmpty }

  /// The most users that a summary names.
  private static let summaryLimit = 100

  /// The sums by backend and by user, for who watches.
  var summary: JSONValue {
    func sums(_ name: (Part) -> String) -> JSONValue {
      let sums = Dictionary(grouping: parts, by: name).mapValues { parts in
        parts.reduce(into: UsageCounts()) { $0 += $1.counts }
      }
      let busiest = sums.sorted { ($1.value.calls, $0.key) < ($0.value.calls, $1.key) }
      return .array(
        busiest.prefix(Self.summaryLimit).map { name, counts in
          [
            "name": .string(name), "calls": .number(String(counts.calls)),
            "errors": .number(String(counts.errors)),
            "denials": .number(String(counts.denials)),
          ]
        })
    }
    return [
      "time": .string(Timestamp(microseconds: time).iso),
      "backends": sums(\.backend), "users": sums { $0.user.isEmpty ? $0.key : $0.user },
    ]
  }

  // MARK: JSON

  /// A line without its end.
  func line(number: UInt64) -> [UInt8] {
    let parts = parts.map { part in
      JSONValue.array(
        [part.key, part.user, part.backend, part.tool].map(JSONValue.string)
          + part.counts.numbers.map { .number(String($0)) }
          + [part.latency.json, .number(String(part.lastUsed))])
    }
    let sights = sights.map { sight in
      JSONValue.array([
        .string(sight.key), .string(sight.user), .number(String(sight.time)),
        .string(sight.address), .string(sight.client),
      ])
    }
    let value: JSONValue = [
      "n": .number(String(number)), "time": .number(String(time)), "parts": .array(parts),
      "seen": .array(sights),
    ]
    return value.bytes
  }

  /// Nil for what is no such line.
  static func parse(_ line: some Collection<UInt8>) -> (number: UInt64, delta: UsageDelta)? {
    guard let value = try? JSONValue.parse(line), let number = value["n"]?.count,
      let time = value["time"]?.moment
    else { return nil }
    var delta = UsageDelta(time: time)
    for part in value["parts"]?.arrayValue ?? [] {
      guard let fields = part.arrayValue, fields.count == 11,
        let counts = UsageCounts(fields[4..<9].compactMap(\.count)),
        let latency = LatencyHistogram(fields[9]), let lastUsed = fields[10].moment
      else { return nil }
      let names = fields[..<4].compactMap(\.stringValue)
      guard names.count == 4 else { return nil }
      delta.parts.append(
        Part(
          key: names[0], user: names[1], backend: names[2], tool: names[3], counts: counts,
          latency: latency, lastUsed: lastUsed))
    }
    for sight in value["seen"]?.arrayValue ?? [] {
      guard let fields = sight.arrayValue, fields.count == 5, let key = fields[0].stringValue,
        let user = fields[1].stringValue, let time = fields[2].moment,
        let address = fields[3].stringValue, let client = fields[4].stringValue
      else { return nil }
      delta.sights.append(
        Sight(key: key, user: user, time: time, address: address, client: client))
    }
    return (number, delta)
  }
}

extension JSONValue {
  /// Numbers of the files are checked for what can be: sums of them must not overflow.
  private static let limit = 1 << 53

  /// What can have been counted.
  var count: UInt64? {
    intValue.flatMap { (0...Self.limit).contains($0) ? UInt64($0) : nil }
  }

  /// A time in microseconds since 1970.
  var moment: Int64? { moment(in: 1) }

  /// A time since 1970, in units of so many microseconds.
  func moment(in unit: Int64) -> Int64? {
    let limit = Self.limit / Int(unit)
    return intValue.flatMap { (-limit...limit).contains($0) ? Int64($0) : nil }
  }
}

extension LatencyHistogram {
  /// Slot, count, slot, count …
  var json: JSONValue {
    .array(entries.flatMap { [.number(String($0.slot)), .number(String($0.count))] })
  }

  init?(_ json: JSONValue) {
    self.init()
    guard let numbers = json.arrayValue?.compactMap(\.count), numbers.count % 2 == 0 else {
      return nil
    }
    for index in stride(from: 0, to: numbers.count, by: 2) {
      guard let slot = Slot(exactly: numbers[index]),
        let count = UInt32(exactly: numbers[index + 1])
      else { return nil }
      add(slot, count)
    }
  }
}
