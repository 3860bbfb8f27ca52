import Testing

@testable import GatewayKit

@Suite("Refused credentials")
struct RefusalCounterTests {
  @Test("who tries keys from everywhere gets at most 100 lines a second, and all are counted")
  func boundsLines() async throws {
    let audit = try AuditFolder()
    let log = ActivityLog(
      StoreJournal(storePath: audit.folder.path, settings: audit.settings))
    let counter = RefusalCounter(log, GatewayMetrics(tellsUsers: false)) { 1 }
    let began = ContinuousClock.now
    var count = 0
    while began.duration(to: .now) < .seconds(4) {
      for _ in 0..<100 {
        counter.count(.unknown, from: "address \(count)")
        count += 1
      }
      try await Task.sleep(for: .milliseconds(1))
    }
    counter.tell()
    await log.flush()
    let seconds = began.duration(to: .now) / .seconds(1)
    var query = AuditQuery()
    query.action = "auth"
    let events = try audit.events(query)
    #expect(Double(events.count) <= 100 * (seconds + 1), "\(events.count) lines")
    #expect(events.reduce(0) { $0 + ($1["count"]?.intValue ?? 0) } == count)
    #expect(events.contains { $0["reason"] == "others" })
  }
}
