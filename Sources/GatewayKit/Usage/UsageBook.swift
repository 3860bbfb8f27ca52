/// All that is counted of calls: for each key and operation in all, by the minute for a day and by
/// the day for 90. A value: what is read of it is one moment's.
package struct UsageBook: Sendable {
  /// The most pairs of a key and an operation; those beyond are counted under the key alone.
  static let cellLimit = 50_000
  /// The most keys; those beyond are counted together.
  static let keyLimit = 100_000

  struct Operation: Hashable, Sendable {
    let backend: String
    let tool: String
  }

  struct Cell: Sendable {
    let key: Int32
    let operation: Int32
    var counts = UsageCounts()
    var latency = LatencyHistogram()
    /// Microseconds since 1970.
    var lastUsed: Int64
  }

  /// When counting began, in microseconds since 1970.
  private(set) var began: Int64
  /// Grows with each delta that is in it.
  private(set) var number: UInt64 = 0
  private(set) var keys: [KeyUse] = []
  private(set) var operations: [Operation] = []
  private(set) var cells: [Cell] = []
  private(set) var minutes = UsageSpan.minutes
  private(set) var days = UsageSpan.days

  private var keyPlaces: [String: Int32] = [:]
  private var operationPlaces: [Operation: Int32] = [:]
  private var cellPlaces: [UInt64: Int32] = [:]
  /// Many clients are the same program: each text once.
  private var texts: Set<String> = []

  /// What keys beyond the limit are counted as.
  private static let others = "others"

  init(began: Int64) { self.began = began }

  // MARK: Counting

  mutating func apply(_ delta: UsageDelta, number: UInt64) {
    self.number = number
    for part in delta.parts {
      let place = cell(part)
      cells[Int(place)].counts += part.counts
      cells[Int(place)].latency.add(part.latency)
      cells[Int(place)].lastUsed = part.lastUsed
      minutes.add(part.counts, cell: place, at: delta.time)
      days.add(part.counts, cell: place, at: delta.time)
      guard !part.latency.entries.isEmpty, !part.backend.isEmpty else { continue }
      let backend = operation(Operation(backend: part.backend, tool: ""))
      minutes.add(part.latency, backend: backend, at: delta.time)
      days.add(part.latency, backend: backend, at: delta.time)
    }
    for sight in delta.sights {
      let place = Int(key(sight.key, sight.user))
      keys[place].lastUsed = Timestamp(microseconds: sight.time)
      keys[place].address = text(sight.address)
      if !sight.client.isEmpty { keys[place].client = text(sight.client) }
    }
  }

  private mutating func cell(_ part: UsageDelta.Part) -> Int32 {
    let key = key(part.key, part.user)
    let asked = Operation(backend: part.backend, tool: part.tool)
    if let known = operationPlaces[asked], let place = cellPlaces[Self.pair(key, known)] {
      return place
    }
    let isFull = cells.count >= Self.cellLimit
    let operation = operation(isFull ? Operation(backend: "", tool: "") : asked)
    if isFull, let place = cellPlaces[Self.pair(key, operation)] { return place }
    return add(Cell(key: key, operation: operation, lastUsed: part.lastUsed))
  }

  private mutating func add(_ cell: Cell) -> Int32 {
    let place = Int32(cells.count)
    cells.append(cell)
    cellPlaces[Self.pair(cell.key, cell.operation)] = place
    return place
  }

  private static func pair(_ key: Int32, _ operation: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: key)) << 32 | UInt64(UInt32(bitPattern: operation))
  }

  private mutating func key(_ id: String, _ user: String) -> Int32 {
    if let place = keyPlaces[id] { return place }
    guard keys.count < Self.keyLimit || id == Self.others else { return key(Self.others, "") }
    let place = Int32(keys.count)
    keys.append(KeyUse(id: id, user: user))
    keyPlaces[id] = place
    return place
  }

  private mutating func operation(_ operation: Operation) -> Int32 {
    if let place = operationPlaces[operation] { return place }
    let place = Int32(operations.count)
    operations.append(operation)
    operationPlaces[operation] = place
    return place
  }

  private mutating func text(_ text: String) -> String {
    return texts.insert(text).memberAfterInsert
  }

  // MARK: Looking

  /// When each key was last used.
  package var keyUses: KeyUses {
    KeyUses(
      began: Timestamp(microseconds: began),
      byID: Dictionary(keys.map { ($0.id, $0) }) { first, _ in first })
  }

  // MARK: JSON

  /// As JSON, written without a tree of it: that of 10,000 keys would take ten times the book's memory.
  var bytes: [UInt8] {
    var out = JSONText()
    out.open("{")
    out.member("version", 1)
    out.member("n", number)
    out.member("began", began)
    out.list("keys", keys) { key, out in
      out.string(key.id)
      out.string(key.user)
      out.number(key.lastUsed.microseconds)
      out.string(key.address)
      out.string(key.client)
    }
    out.list("operations", operations) { operation, out in
      out.string(operation.backend)
      out.string(operation.tool)
    }
    out.list("cells", cells) { cell, out in
      out.number(cell.key)
      out.number(cell.operation)
      for number in cell.counts.numbers { out.number(number) }
      out.number(cell.lastUsed)
      out.open("[")
      for entry in cell.latency.entries {
        out.number(entry.slot)
        out.number(entry.count)
      }
      out.close("]")
    }
    for (name, span) in [("minutes", minutes), ("days", days)] {
      out.list(name, span.all) { period, out in
        out.number(period.start)
        out.string(Base64.encode(period.bytes))
      }
    }
    out.close("}")
    return out.bytes
  }

  /// Nil for what `bytes` never gives.
  init?(_ json: JSONValue) {
    guard json["version"] == 1, let number = json["n"]?.count, let began = json["began"]?.moment
    else { return nil }
    self.init(began: began)
    self.number = number
    for row in json["keys"]?.arrayValue ?? [] {
      guard let fields = row.arrayValue, fields.count == 5, let id = fields[0].stringValue,
        let user = fields[1].stringValue, let time = fields[2].moment,
        let address = fields[3].stringValue, let client = fields[4].stringValue,
        keyPlaces[id] == nil
      else { return nil }
      let place = Int(key(id, user))
      keys[place].lastUsed = Timestamp(microseconds: time)
      keys[place].address = text(address)
      keys[place].client = text(client)
    }
    for row in json["operations"]?.arrayValue ?? [] {
      guard let names = row.arrayValue?.compactMap(\.stringValue), names.count == 2 else {
        return nil
      }
      _ = operation(Operation(backend: names[0], tool: names[1]))
    }
    for row in json["cells"]?.arrayValue ?? [] {
      guard let fields = row.arrayValue, fields.count == 9,
        let key = fields[0].intValue, keys.indices.contains(key),
        let operation = fields[1].intValue, operations.indices.contains(operation),
        let counts = UsageCounts(fields[2..<7].compactMap(\.count)),
        let time = fields[7].moment, let latency = LatencyHistogram(fields[8])
      else { return nil }
      let place = Int(
        add(Cell(key: Int32(key), operation: Int32(operation), lastUsed: time)))
      cells[place].counts = counts
      cells[place].latency = latency
    }
    guard let minutes = Self.periods(json["minutes"], UsageSpan.minutes),
      let days = Self.periods(json["days"], UsageSpan.days)
    else { return nil }
    self.minutes.restore(minutes)
    self.days.restore(days)
  }

  private static func periods(_ json: JSONValue?, _ span: UsageSpan) -> [UsagePeriod]? {
    var periods: [UsagePeriod] = []
    for row in json?.arrayValue ?? [] {
      guard let fields = row.arrayValue, fields.count == 2,
        let start = fields[0].moment(in: span.length),
        let bytes = fields[1].stringValue.flatMap({ Base64.decode($0.utf8) })
      else { return nil }
      periods.append(UsagePeriod(start: start, bytes: bytes))
    }
    return periods
  }
}

/// JSON as it is written, value by value.
private struct JSONText {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  mutating func open(_ bracket: Unicode.Scalar) {
    separate()
    bytes.append(UInt8(ascii: bracket))
    needsComma = false
  }

  mutating func close(_ bracket: Unicode.Scalar) {
    bytes.append(UInt8(ascii: bracket))
    needsComma = true
  }

  mutating func number(_ number: some BinaryInteger) {
    separate()
    bytes += String(number).utf8
  }

  mutating func string(_ text: String) {
    separate()
    writeJSONString(text.utf8, into: &bytes)
  }

  private mutating func name(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func member(_ name: String, _ number: some BinaryInteger) {
    self.name(name)
    self.number(number)
  }

  /// A member that is a list of lists.
  mutating func list<Row>(
    _ name: String, _ rows: [Row], _ write: (Row, inout JSONText) -> Void
  ) {
    self.name(name)
    open("[")
    for row in rows {
      open("[")
      write(row, &self)
      close("]")
    }
    close("]")
  }
}
