import Testing

@testable import GatewayKit

@Suite("Moments")
struct TimestampTests {
  @Test(
    "dates of the old system are read",
    arguments: [
      ("2026-03-31T12:00:00.000000", "2026-03-31T12:00:00.000000"),
      ("2026-03-31T12:00:00", "2026-03-31T12:00:00.000000"),
      ("2026-03-31T12:00:00.5", "2026-03-31T12:00:00.500000"),
      ("2026-03-31 12:00:00.123", "2026-03-31T12:00:00.123000"),
      ("2026-03-31T12:00:00Z", "2026-03-31T12:00:00.000000"),
      ("2026-03-31T12:00:00.000001+02:30", "2026-03-31T09:30:00.000001"),
      ("2026-03-31T23:30:00-01:00", "2026-04-01T00:30:00.000000"),
      ("2024-02-29T00:00:00", "2024-02-29T00:00:00.000000"),
      ("1969-12-31T23:59:59.9", "1969-12-31T23:59:59.900000"),
      ("0001-01-01T00:00:00", "0001-01-01T00:00:00.000000"),
    ])
  func reads(text: String, stored: String) throws {
    #expect(try #require(Timestamp(parsing: text)).storeText == stored)
  }

  @Test(
    "what is no date is none",
    arguments: [
      "", "today", "2026-03-31", "2026-3-31T12:00:00", "2026-02-29T00:00:00",
      "2026-13-01T00:00:00", "2026-00-01T00:00:00", "2026-01-00T00:00:00", "2026-01-01T24:00:00",
      "2026-01-01T00:60:00", "2026-01-01T00:00:00.", "2026-01-01T00:00:00.1234567",
      "2026-01-01T00:00:00z", "2026-01-01T00:00:00+0200", "2026-01-01T00:00:00 ",
      "2026-01-01T00:00:00+24:00", "2100-02-29T00:00:00", "+026-01-01T00:00:00",
    ])
  func refuses(text: String) {
    #expect(Timestamp(parsing: text) == nil)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let moment = Timestamp(
        microseconds: Int64.random(
          in: -62_135_596_800_000_000...253_402_300_799_999_999, using: &generator))
      #expect(Timestamp(parsing: moment.storeText) == moment)
      #expect(Timestamp(parsing: moment.iso) == moment)
    }
    for extreme in [Timestamp(microseconds: .max), Timestamp(microseconds: .min)] {
      #expect(Timestamp(parsing: extreme.storeText) != nil)
    }
  }

  @Test func addingTooMuchIsAsLateAsCanBe() {
    let now = Timestamp.now
    #expect(now.advanced(by: .seconds(Int64.max)) > now)
    #expect(now.advanced(by: .seconds(60)).microseconds == now.microseconds + 60_000_000)
    #expect(now.duration(to: now.advanced(by: .milliseconds(5))) == .milliseconds(5))
    #expect(Timestamp(microseconds: 1_774_958_400_000_000).description == "2026-03-31T12:00:00Z")
  }
}
