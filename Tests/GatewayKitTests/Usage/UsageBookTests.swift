import Foundation
import Testing

@testable import GatewayKit

@Suite struct UsageBookTests {
  /// 2026-03-31T12:00:00Z.
  static let noon: Int64 = 1_774_958_400_000_000
  static let minute: Int64 = 60_000_000

  static func delta(
    at time: Int64, key: String = "aaaaaaaaaaaa", user: String = "alice",
    backend: String = "erpnext", tool: String = "get_invoice", calls: UInt64 = 1,
    errors: UInt64 = 0
  ) -> UsageDelta {
    var counts = UsageCounts()
    counts.calls = calls
    counts.errors = errors
    counts.bytesIn = 100 * calls
    counts.bytesOut = 200 * calls
    var latency = LatencyHistogram()
    latency.add(LatencyHistogram.slot(ofMicroseconds: 1000), UInt32(calls))
    return UsageDelta(
      time: time,
      parts: [
        .init(
          key: key, user: user, backend: backend, tool: tool, counts: counts, latency: latency,
          lastUsed: time)
      ],
      sights: [.init(key: key, user: user, time: time, address: "10.0.0.1", client: "c/1")])
  }

  private func report(
    _ book: UsageBook, by grouping: UsageQuery.Grouping, since: Int64? = nil, now: Int64 = noon,
    _ change: (inout UsageQuery) -> Void = { _ in }
  ) -> UsageReport {
    var query = UsageQuery()
    query.grouping = grouping
    query.since = since.map(Timestamp.init(microseconds:))
    change(&query)
    return book.report(query, now: Timestamp(microseconds: now))
  }

  @Test func callsArePutTogetherByUserKeyBackendAndTool() {
    var book = UsageBook(began: Self.noon)
    let deltas = [
      Self.delta(at: Self.noon, calls: 5, errors: 2),
      Self.delta(at: Self.noon, key: "bbbbbbbbbbbb", tool: "list", calls: 3),
      Self.delta(at: Self.noon, key: "cccccccccccc", user: "bob", backend: "wave", calls: 4),
    ]
    for (number, delta) in deltas.enumerated() { book.apply(delta, number: UInt64(number + 1)) }
    func rows(_ report: UsageReport) -> [String] {
      report.rows.map { "\($0.name): \($0.counts.calls) \($0.counts.errors)" }
    }
    #expect(rows(report(book, by: .user)) == ["alice: 8 2", "bob: 4 0"])
    #expect(
      rows(report(book, by: .key)) == [
        "alice aaaaaaaaaaaa: 5 2", "bob cccccccccccc: 4 0", "alice bbbbbbbbbbbb: 3 0",
      ])
    #expect(rows(report(book, by: .backend)) == ["erpnext: 8 2", "wave: 4 0"])
    #expect(
      rows(report(book, by: .tool) { $0.user = "alice" }) == [
        "erpnext get_invoice: 5 2", "erpnext list: 3 0",
      ])
    #expect(rows(report(book, by: .user) { $0.tool = "list" }) == ["alice: 3 0"])
    let first = report(book, by: .key).rows[0]
    #expect(first.address == "10.0.0.1" && first.client == "c/1")
    #expect(first.lastUsed == Timestamp(microseconds: Self.noon))
    #expect(first.latency?.count == 5)
  }

  @Test func minutesGoBackADayAndDaysNinety() {
    var book = UsageBook(began: Self.noon)
    var number: UInt64 = 0
    func count(_ time: Int64) {
      number += 1
      book.apply(Self.delta(at: time), number: number)
    }
    let day = 24 * 60 * Self.minute
    for age in (0..<100).reversed() { count(Self.noon - Int64(age) * day) }
    for age in (0..<120).reversed() { count(Self.noon - Int64(age) * Self.minute) }
    #expect(report(book, by: .user).rows[0].counts.calls == 220)
    let hour = report(book, by: .user, since: Self.noon - 60 * Self.minute)
    // One a minute, and the one of today's day.
    #expect(hour.rows[0].counts.calls == 62)
    #expect(hour.points.count == 61)
    let week = report(book, by: .backend, since: Self.noon - 7 * day)
    #expect(week.points.count == 8)
    #expect(week.rows[0].counts.calls == 128)
    #expect(week.rows[0].latency?.count == 128)
    let year = report(book, by: .user, since: Self.noon - 365 * day)
    #expect((90...91).contains(year.points.count))
    #expect(book.minutes.past.count <= 24 * 60)
  }

  @Test func aClockThatIsSetLosesNothingAndNothingIsNegative() {
    var book = UsageBook(began: Self.noon)
    let year = 365 * 24 * 60 * Self.minute
    let times = [0, 1, -30, -30, year, year, 2, -year, 3].map {
      Self.noon + $0 * (abs($0) == year ? 1 : Self.minute)
    }
    for (number, time) in times.enumerated() {
      book.apply(Self.delta(at: time), number: UInt64(number + 1))
    }
    #expect(report(book, by: .user).rows[0].counts.calls == UInt64(times.count))
    let recent = report(
      book, by: .user, since: Self.noon - Self.minute, now: Self.noon + 4 * Self.minute)
    // Those of the minutes 0, 1, 2 and 3, and those whose clock was a year ahead.
    #expect(recent.rows[0].counts.calls == 6)
    #expect((-1 as Int64).flooredQuotient(by: 60) == -1)
  }

  @Test func aBookIsReadBackAsItWasWritten() throws {
    var book = UsageBook(began: Self.noon)
    for number in 0..<500 {
      let hostile = number % 50 == 0 ? "x\"\\\n\u{1B}[2J" : "tool\(number % 7)"
      book.apply(
        Self.delta(
          at: Self.noon + Int64(number) * 7_000_000, key: "key\(number % 20)",
          user: "user\(number % 9)", tool: hostile, calls: UInt64(number)),
        number: UInt64(number + 1))
    }
    let read = try #require(UsageBook(book.json))
    #expect(read.json == book.json)
    for grouping in UsageQuery.Grouping.allCases {
      for since in [nil, Self.noon] {
        let now = Self.noon + 3_600_000_000
        #expect(
          report(read, by: grouping, since: since, now: now).json
            == report(book, by: grouping, since: since, now: now).json)
      }
    }
    // What goes on is counted on.
    var (one, two) = (book, read)
    let next = Self.delta(at: Self.noon + 3_500_000_000)
    one.apply(next, number: 501)
    two.apply(next, number: 501)
    #expect(one.json == two.json)
  }

  @Test func whatIsNoBookIsNotTakenForOne() throws {
    var book = UsageBook(began: Self.noon)
    book.apply(Self.delta(at: Self.noon), number: 1)
    #expect(UsageBook(book.json) != nil)
    for (name, wrong): (String, JSONValue) in [
      ("version", 2), ("n", "x"), ("cells", [[9, 0, 1, 1, 1, 1, 1, 1, []]]),
      ("cells", [[0, 0, 1]]), ("keys", [["a"]]), ("minutes", [[1, "?"]]), ("operations", [[1, 2]]),
      ("minutes", [[9_223_372_036_854_775_807, ""]]), ("minutes", [[4_000_000_000, ""]]),
      ("days", [[-4_000_000_000, ""]]), ("n", .number("18446744073709551615")),
      ("began", .number("-9223372036854775808")),
    ] {
      #expect(UsageBook(book.json.with(name, wrong)) == nil, "\(name)")
    }
    // Bytes that end in the middle, or name cells that are not there, count nothing.
    let periods: JSONValue = [[29_582_640, "//////////8="], [29_582_641, "AQUBAQEBAQ=="]]
    let odd = try #require(UsageBook(book.json.with("minutes", periods)))
    #expect(report(odd, by: .user, since: Self.noon).rows.isEmpty)
  }

  @Test func beyondTheLimitCallsAreCountedUnderTheirKeyAlone() {
    var book = UsageBook(began: Self.noon)
    var delta = UsageDelta(time: Self.noon)
    for number in 0..<UsageBook.cellLimit + 1000 {
      delta.parts += Self.delta(at: Self.noon, key: "key\(number % 10)", tool: "t\(number)").parts
    }
    book.apply(delta, number: 1)
    #expect(book.cells.count == UsageBook.cellLimit + 10)
    #expect(book.operations.count <= UsageBook.cellLimit + 2)
    let all = report(book, by: .backend).rows.reduce(0) { $0 + $1.counts.calls }
    #expect(all == UInt64(UsageBook.cellLimit + 1000))
  }
}

extension UsageBook {
  /// What it writes, read again.
  var json: JSONValue { (try? JSONValue.parse(bytes)) ?? .null }
}
