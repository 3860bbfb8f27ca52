/// How many cells a terminal gives a scalar.
enum Width {
  /// 2 for a wide one, 0 for a mark, nil for all others.
  static func wideOrMark(_ value: UInt32) -> UInt8? {
    guard value >= 0x300 else { return nil }
    if contains(WidthTable.marks, value) { return 0 }
    return contains(WidthTable.wide, value) ? 2 : nil
  }

  private static func contains(_ ranges: [ClosedRange<UInt32>], _ value: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(value)
  }
}
