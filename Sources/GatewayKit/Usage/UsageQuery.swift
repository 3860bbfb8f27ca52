/// Which of the counted calls somebody wants to see, and by what they are put together.
package struct UsageQuery: Sendable {
  /// What one row of the report is about.
  package enum Grouping: String, Sendable, CaseIterable {
    case user, key, backend, tool
  }

  package var user: String?
  package var key: String?
  package var backend: String?
  package var tool: String?
  /// From the minute of this moment on, or from its day when that is longer ago than 24 hours; nil for
  /// all that was ever counted.
  package var since: Timestamp?
  package var grouping = Grouping.user

  package init() {}
}

/// What was counted, put together.
package struct UsageReport: Sendable {
  package struct Row: Sendable {
    package var user: String?
    package var key: String?
    package var backend: String?
    package var tool: String?
    package fileprivate(set) var counts = UsageCounts()
    /// Nil where it is not known for so short a time: by the minute and the day it is kept for whole
    /// backends only.
    package fileprivate(set) var latency: LatencyHistogram?
    package fileprivate(set) var lastUsed: Timestamp?
    /// Of a user's key that was used last.
    package fileprivate(set) var address: String?
    package fileprivate(set) var client: String?
  }

  /// A minute or a day.
  package struct Point: Sendable {
    package let start: Timestamp
    package fileprivate(set) var counts = UsageCounts()
  }

  /// When counting began.
  package let began: Timestamp
  /// From when on, where that was asked for.
  package let since: Timestamp?
  /// The busiest first.
  package fileprivate(set) var rows: [Row] = []
  /// The minutes, or the days, in which there was something; empty without `since`.
  package fileprivate(set) var points: [Point] = []
}

extension UsageBook {
  package func report(_ query: UsageQuery, now: Timestamp = .now) -> UsageReport {
    var report = UsageReport(began: Timestamp(microseconds: began), since: query.since)
    var collector = Collector(self, query)
    if let since = query.since {
      let isRecent = since.duration(to: now) <= .seconds(86_400)
      let span = isRecent ? minutes : days
      let first = since.microseconds.flooredQuotient(by: span.length)
      // After a clock was set back one may be there twice.
      var points: [Int64: UsageCounts] = [:]
      for period in span.all where period.start >= first {
        period.forEachCell { place, counts in
          if collector.take(counts, of: place) {
            points[period.start, default: UsageCounts()] += counts
          }
        }
        period.forEachLatency { collector.take($1, ofBackend: $0) }
      }
      report.points = points.sorted { $0.key < $1.key }.map { start, counts in
        UsageReport.Point(start: Timestamp(microseconds: start * span.length), counts: counts)
      }
    } else {
      collector.takeTotals()
    }
    report.rows = collector.sortedRows
    return report
  }

  /// Puts cells together into rows.
  private struct Collector {
    private let book: UsageBook
    private let query: UsageQuery
    /// Each cell's row; -1 for one that is not asked for.
    private var places: [Int]
    private var rows: [UsageReport.Row] = []
    private var rowsByName: [String: Int] = [:]

    init(_ book: UsageBook, _ query: UsageQuery) {
      self.book = book
      self.query = query
      places = []
      places.reserveCapacity(book.cells.count)
      for cell in book.cells { places.append(row(of: cell)) }
    }

    private func isWanted(_ cell: UsageBook.Cell) -> Bool {
      let key = book.keys[Int(cell.key)]
      let operation = book.operations[Int(cell.operation)]
      return query.user.map { $0 == key.user } ?? true && query.key.map { $0 == key.id } ?? true
        && query.backend.map { $0 == operation.backend } ?? true
        && query.tool.map { $0 == operation.tool } ?? true
    }

    private mutating func row(of cell: UsageBook.Cell) -> Int {
      guard isWanted(cell) else { return -1 }
      let key = book.keys[Int(cell.key)]
      let operation = book.operations[Int(cell.operation)]
      var row = UsageReport.Row()
      switch query.grouping {
      case .user: row.user = key.user
      case .key:
        row.user = key.user
        row.key = key.id
      case .backend: row.backend = operation.backend
      case .tool:
        row.backend = operation.backend
        row.tool = operation.tool
      }
      let name = [row.user, row.key, row.backend, row.tool].map { $0 ?? "" }.joined(
        separator: "\u{0}")
      if let known = rowsByName[name] { return known }
      rowsByName[name] = rows.count
      rows.append(row)
      return rows.count - 1
    }

    /// Whether the cell is one that is asked for.
    mutating func take(_ counts: UsageCounts, of place: Int32) -> Bool {
      guard places.indices.contains(Int(place)), case let row = places[Int(place)], row >= 0 else {
        return false
      }
      rows[row].counts += counts
      see(Int(place), row)
      return true
    }

    mutating func take(_ latency: LatencyHistogram, ofBackend place: Int32) {
      guard query.grouping == .backend, query.user == nil, query.key == nil, query.tool == nil,
        book.operations.indices.contains(Int(place)),
        let row = rows.firstIndex(where: { $0.backend == book.operations[Int(place)].backend })
      else { return }
      rows[row].latency = rows[row].latency ?? LatencyHistogram()
      rows[row].latency?.add(latency)
    }

    mutating func takeTotals() {
      for (place, cell) in book.cells.enumerated() where places[place] >= 0 {
        let row = places[place]
        rows[row].counts += cell.counts
        rows[row].latency = rows[row].latency ?? LatencyHistogram()
        rows[row].latency?.add(cell.latency)
        see(place, row)
      }
    }

    private mutating func see(_ place: Int, _ row: Int) {
      let cell = book.cells[place]
      let key = book.keys[Int(cell.key)]
      let isOfCaller = query.grouping == .user || query.grouping == .key
      let counted = Timestamp(microseconds: cell.lastUsed)
      let time = isOfCaller ? max(key.lastUsed, counted) : counted
      guard rows[row].lastUsed.map({ $0 < time }) ?? true else { return }
      rows[row].lastUsed = time
      guard isOfCaller else { return }
      rows[row].address = key.address.isEmpty ? nil : key.address
      rows[row].client = key.client.isEmpty ? nil : key.client
    }

    var sortedRows: [UsageReport.Row] {
      rows.filter { !$0.counts.isEmpty }.sorted { left, right in
        if left.counts.calls != right.counts.calls { return left.counts.calls > right.counts.calls }
        return left.name < right.name
      }
    }
  }
}

extension UsageReport.Row {
  /// What it is about, in one text.
  package var name: String {
    [user, key, backend, tool].compactMap { $0 }.joined(separator: " ")
  }

  package var json: JSONValue {
    var object = JSONObject()
    object["user"] = user.map(JSONValue.string)
    object["key_id"] = key.map(JSONValue.string)
    object["backend"] = backend.map(JSONValue.string)
    object["tool"] = tool.map(JSONValue.string)
    for (name, number) in counts.members { object[name] = .number(String(number)) }
    if let latency, latency.count > 0 {
      object["latency_ms"] = .object(
        JSONObject(
          [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)].map { name, quantile in
            (name, .number(latency.milliseconds(at: quantile).map(Self.text) ?? "0"))
          }))
    }
    object["last_used"] = lastUsed.map { .string($0.iso) }
    object["last_address"] = address.map(JSONValue.string)
    object["last_client"] = client.map(JSONValue.string)
    return .object(object)
  }

  private static func text(_ milliseconds: Double) -> String {
    let thousandths = Int((milliseconds * 1000).rounded())
    let fraction = String(thousandths % 1000)
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }
}

extension UsageReport {
  package var json: JSONValue {
    var object = JSONObject([("began", .string(began.iso))])
    object["since"] = since.map { .string($0.iso) }
    object["rows"] = .array(rows.map(\.json))
    if since != nil {
      object["points"] = .array(
        points.map { point in
          .object(
            JSONObject(
              [("start", .string(point.start.iso))]
                + point.counts.members.map { ($0.name, .number(String($0.value))) }))
        })
    }
    return .object(object)
  }
}

extension UsageCounts {
  fileprivate var members: [(name: String, value: UInt64)] {
    [
      ("calls", calls), ("errors", errors), ("denials", denials), ("bytes_in", bytesIn),
      ("bytes_out", bytesOut),
    ]
  }
}
