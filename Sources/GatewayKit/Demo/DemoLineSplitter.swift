/// Cuts a stream of bytes at its newlines.
struct DemoLineSplitter {
  private let maximumBytes: Int
  private var line: [UInt8] = []
  private var isTooLong = false

  init(maximumBytes: Int) {
    self.maximumBytes = maximumBytes
  }

  mutating func append(_ bytes: ArraySlice<UInt8>, _ emit: (DemoInput.Line) -> Void) {
    var rest = bytes
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      take(rest[..<end])
      finish(emit)
      rest = rest[(end + 1)...]
    }
    take(rest)
  }

  /// The line so far, as one that ends here.
  mutating func finish(_ emit: (DemoInput.Line) -> Void) {
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    if isTooLong {
      emit(.tooLong)
    } else if !line.isEmpty {
      emit(.message(line))
    }
    line = []
    isTooLong = false
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>) {
    guard !isTooLong else { return }
    line += bytes
    if line.count > maximumBytes {
      isTooLong = true
      line = []
    }
  }
}
