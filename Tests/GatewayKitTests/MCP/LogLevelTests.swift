import Testing

@testable import GatewayKit

@Suite("Log levels")
struct LogLevelTests {
  @Test("They are ordered as RFC 5424 has them, least grave first")
  func order() {
    let names = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"]
    #expect(names.compactMap(LogLevel.init(rawValue:)).count == names.count)
    #expect(LogLevel.allCases.shuffled().sorted().map(\.rawValue) == names)
    #expect(LogLevel(rawValue: "Info") == nil && LogLevel(rawValue: "warn") == nil)
  }
}
