/// How long calls took, counted so that quantiles can be told to within 3 %, in a few hundred bytes.
///
/// As HdrHistogram does: every power of two of microseconds is divided into 16 equal parts, and each
/// part that has any is a number and a count.
package struct LatencyHistogram: Hashable, Sendable {
  /// Which part a time belongs to.
  package typealias Slot = UInt16

  /// A part of each power of two, as a power of two itself.
  private static let partBits = 4
  private static let parts = 1 << partBits
  /// The last part: what takes more than an hour.
  private static let lastSlot = slot(ofMicroseconds: 1 << 32 - 1)

  /// Slot and count, in the order of the slots.
  package private(set) var entries: [Entry] = []

  package struct Entry: Hashable, Sendable {
    package let slot: Slot
    package fileprivate(set) var count: UInt32
  }

  package init() {}

  package static func slot(ofMicroseconds time: Int64) -> Slot {
    let time = UInt64(max(0, min(time, 1 << 32 - 1)))
    guard time >= parts else { return Slot(time) }
    let shift = 63 - time.leadingZeroBitCount - partBits
    return Slot((shift + 1) << partBits | Int(time >> UInt64(shift)) & (parts - 1))
  }

  /// The middle of a slot, in microseconds.
  static func microseconds(of slot: Slot) -> Double {
    guard slot >= parts else { return Double(slot) }
    let shift = Int(slot) >> partBits - 1
    let start = (parts | Int(slot) & (parts - 1)) << shift
    return Double(start) + Double(1 << shift) / 2
  }

  package var count: UInt64 { entries.reduce(0) { $0 + UInt64($1.count) } }

  package mutating func add(_ slot: Slot, _ count: UInt32 = 1) {
    let slot = min(slot, Self.lastSlot)
    // Behind the last that is not greater.
    var place = entries.count
    while place > 0, entries[place - 1].slot > slot { place -= 1 }
    if place > 0, entries[place - 1].slot == slot {
      let sum = entries[place - 1].count.addingReportingOverflow(count)
      entries[place - 1].count = sum.overflow ? .max : sum.partialValue
    } else {
      entries.insert(Entry(slot: slot, count: count), at: place)
    }
  }

  package mutating func add(_ other: LatencyHistogram) {
    for entry in other.entries { add(entry.slot, entry.count) }
  }

  /// The time that a part of all calls stayed below, in milliseconds; nil where there were none.
  package func milliseconds(at quantile: Double) -> Double? {
    let all = count
    guard all > 0 else { return nil }
    var left = max(1, (Double(all) * quantile).rounded(.up))
    for entry in entries {
      left -= Double(entry.count)
      if left <= 0 { return Self.microseconds(of: entry.slot) / 1000 }
    }
    return nil
  }
}
