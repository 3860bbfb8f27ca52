/// What was counted in one minute or one day, in few bytes: that of 10,000 keys stays in memory.
struct UsagePeriod: Hashable, Sendable {
  /// Minutes or days since 1970, in UTC.
  let start: Int64
  private(set) var bytes: [UInt8]

  /// One cell's counts, by the cell's place in the book.
  typealias Cells = [Int32: UsageCounts]
  /// Each backend's latency, by the backend's place.
  typealias Latencies = [Int32: LatencyHistogram]

  init(start: Int64, bytes: [UInt8]) {
    self.start = start
    self.bytes = bytes
  }

  init(start: Int64, _ cells: Cells, _ latencies: Latencies) {
    self.start = start
    bytes = []
    Self.write(UInt64(cells.count), to: &bytes)
    var last: Int32 = 0
    for (place, counts) in cells.sorted(by: { $0.key < $1.key }) {
      Self.write(UInt64(place - last), to: &bytes)
      last = place
      for number in counts.numbers { Self.write(number, to: &bytes) }
    }
    for (place, latency) in latencies.sorted(by: { $0.key < $1.key }) {
      Self.write(UInt64(place), to: &bytes)
      Self.write(UInt64(latency.entries.count), to: &bytes)
      for entry in latency.entries {
        Self.write(UInt64(entry.slot), to: &bytes)
        Self.write(UInt64(entry.count), to: &bytes)
      }
    }
  }

  /// Gives each cell's counts, in the order of the cells.
  ///
  /// - Returns: where the latencies begin; nil when the bytes are none of these.
  @discardableResult
  func forEachCell(_ body: (Int32, UsageCounts) -> Void) -> Int? {
    var offset = 0
    guard let count = read(&offset) else { return nil }
    var place: UInt64 = 0
    for _ in 0..<min(count, UInt64(bytes.count)) {
      guard let step = read(&offset) else { return nil }
      place &+= step
      var numbers: [UInt64] = []
      numbers.reserveCapacity(5)
      for _ in 0..<5 {
        guard let number = read(&offset) else { return nil }
        numbers.append(number)
      }
      guard let index = Int32(exactly: place), let counts = UsageCounts(numbers) else { return nil }
      body(index, counts)
    }
    return offset
  }

  func forEachLatency(_ body: (Int32, LatencyHistogram) -> Void) {
    guard var offset = forEachCell({ _, _ in }) else { return }
    while offset < bytes.count {
      guard let place = read(&offset), let index = Int32(exactly: place),
        let entries = read(&offset)
      else { return }
      var latency = LatencyHistogram()
      for _ in 0..<min(entries, UInt64(bytes.count)) {
        guard let slot = read(&offset), let count = read(&offset),
          let slot = LatencyHistogram.Slot(exactly: slot), let count = UInt32(exactly: count)
        else { return }
        latency.add(slot, count)
      }
      body(index, latency)
    }
  }

  // MARK: Numbers of seven bits a byte (LEB128)

  private static func write(_ number: UInt64, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private func read(_ offset: inout Int) -> UInt64? {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while offset < bytes.count, shift < 64 {
      let byte = bytes[offset]
      offset += 1
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
    return nil
  }
}
