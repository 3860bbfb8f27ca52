import Testing

@testable import GatewayKit

@Suite struct UnitTextTests {
  @Test(arguments: [
    ("250ms", 250), ("10s", 10_000), ("10 s", 10_000), ("5m", 300_000), ("24h", 86_400_000),
    ("7d", 604_800_000), ("0s", 0),
  ])
  func aTimeIsReadWithItsUnit(text: String, milliseconds: Int) {
    #expect(DurationText.parse(text) == .milliseconds(milliseconds))
  }

  @Test(arguments: [
    "", "10", "s", "-1s", "1.5s", "1 week", "10  s", "99999999999999999999s", "٣s", "1s ",
  ])
  func aTimeWithoutAKnownUnitIsNone(text: String) {
    #expect(DurationText.parse(text) == nil)
  }

  @Test(arguments: [
    (250, "250 ms"), (10_000, "10 s"), (75_000, "75 s"), (300_000, "5 m"), (604_800_000, "7 d"),
    (90_061, "90061 ms"), (0, "0 s"),
  ])
  func aTimeIsWrittenInItsLargestExactUnit(milliseconds: Int, text: String) {
    #expect(DurationText.text(.milliseconds(milliseconds)) == text)
  }

  @Test(arguments: [
    ("16384", 16_384), ("16KiB", 16_384), ("8 MiB", 8_388_608), ("1GiB", 1_073_741_824),
  ])
  func aSizeIsReadBareOrWithItsUnit(text: String, bytes: Int) {
    #expect(ByteSize.parse(text) == bytes)
  }

  @Test(arguments: ["", "KiB", "8MB", "-1", "1.5MiB", "99999999999999999999", "9999999999999GiB"])
  func aSizeInAnotherFormIsNone(text: String) {
    #expect(ByteSize.parse(text) == nil)
  }

  @Test(arguments: [("listen", "lisen", 1), ("ab", "ba", 1), ("", "abc", 3), ("same", "same", 0)])
  func theDistanceCountsEditsAndSwaps(left: String, right: String, expected: Int) {
    #expect(NearestName.distance(Array(left.utf8), Array(right.utf8)) == expected)
  }
}
