import Glibc

/// A moment in microseconds since 1970-01-01T00:00:00Z, as the users' file has them.
///
/// ```swift
/// let isOld = key.createdAt.duration(to: .now) > .seconds(90 * 86_400)
/// ```
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// What the system's clock says.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// Later by the duration; as late as can be when it would not fit.
  public func advanced(by duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, more) = microseconds.addingReportingOverflow(
      whole &+ attoseconds / 1_000_000_000_000)
    return Timestamp(microseconds: overflow || more ? (seconds < 0 ? .min : .max) : sum)
  }

  /// How much later `later` is; negative when it is earlier.
  public func duration(to later: Timestamp) -> Duration {
    .microseconds(later.microseconds - microseconds)
  }

  // MARK: Text

  /// `2026-03-31T12:00:00.000000`: UTC without saying so, as the users' file has it. What has no
  /// year of four digits is the first or last moment that does: it has to be read again.
  package var storeText: String {
    let moment = min(max(self, .first), .last)
    return moment.dateText + "." + Self.padded(moment.fraction, 6)
  }

  private static let first = Timestamp(microseconds: -62_135_596_800_000_000)
  private static let last = Timestamp(microseconds: 253_402_300_799_999_999)

  /// `2026-03-31T12:00:00Z`, with a fraction only where there is one: RFC 3339, for people and APIs.
  public var description: String {
    fraction == 0 ? dateText + "Z" : dateText + "." + Self.padded(fraction, 6) + "Z"
  }

  package var iso: String { description }

  /// The same with six digits of fraction, whatever they are: of two, the later is the later text.
  package var fixedText: String { storeText + "Z" }

  /// `2026-03-31`.
  package var isoDate: String { String(dateText.prefix { $0 != "T" }) }

  private var fraction: Int64 { (microseconds % 1_000_000 + 1_000_000) % 1_000_000 }

  private var dateText: String {
    let seconds = (microseconds - fraction) / 1_000_000
    let days = (seconds - Self.remainder(seconds, 86_400)) / 86_400
    let clock = Self.remainder(seconds, 86_400)
    let (year, month, day) = Self.civil(fromDays: days)
    return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
      + "\(Self.padded(clock / 3600, 2)):\(Self.padded(clock / 60 % 60, 2)):\(Self.padded(clock % 60, 2))"
  }

  /// Reads `YYYY-MM-DDTHH:MM:SS` with up to six digits of fraction and `Z` or an offset, all of
  /// them optional; without one it is UTC. A space may stand for the T.
  public init?(parsing text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard let moment = bytes.withUnsafeBytes({ Timestamp(parsing: $0) }) else { return nil }
    self = moment
  }

  package init?(parsing bytes: UnsafeRawBufferPointer) {
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[range] {
        guard byte &- 48 < 10 else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      return value
    }
    func has(_ character: Unicode.Scalar, _ index: Int) -> Bool {
      index < bytes.count && bytes[index] == UInt8(ascii: character)
    }
    guard let year = number(0..<4), has("-", 4), let month = number(5..<7), has("-", 7),
      let day = number(8..<10), has("T", 10) || has(" ", 10), let hour = number(11..<13),
      has(":", 13), let minute = number(14..<16), has(":", 16), let second = number(17..<19),
      (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day), hour < 24,
      minute < 60, second < 61
    else { return nil }
    var index = 19
    var micros: Int64 = 0
    if has(".", index) {
      let start = index + 1
      index = start
      while index < bytes.count, bytes[index] &- 48 < 10 { index += 1 }
      guard (1...6).contains(index - start), let digits = number(start..<index) else { return nil }
      micros = digits
      for _ in index - start..<6 { micros *= 10 }
    }
    var offset: Int64 = 0
    if has("Z", index) {
      index += 1
    } else if has("+", index) || has("-", index) {
      guard let hours = number(index + 1..<index + 3), has(":", index + 3),
        let minutes = number(index + 4..<index + 6), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 3600 + minutes * 60) * (has("-", index) ? -1 : 1)
      index += 6
    }
    guard index == bytes.count else { return nil }
    let seconds =
      Self.days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second
    microseconds = (seconds - offset) * 1_000_000 + micros
  }

  // MARK: Calendar (proleptic Gregorian)

  private static func remainder(_ value: Int64, _ by: Int64) -> Int64 { (value % by + by) % by }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01, counting years from March so that the leap day is the last.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let days = days + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
