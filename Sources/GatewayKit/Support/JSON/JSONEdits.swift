/// Changes to a JSON text at places of it that do not overlap, made together.
package struct JSONEdits {
  private var edits: [(range: Range<Int>, bytes: [UInt8])] = []

  package init() {}

  package var isEmpty: Bool { edits.isEmpty }

  package mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) {
    edits.append((range, bytes))
  }

  package mutating func insert(_ bytes: [UInt8], at place: Int) {
    replace(place..<place, with: bytes)
  }

  package func apply(to text: UnsafeRawBufferPointer) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(edits.reduce(text.count) { $0 + $1.bytes.count - $1.range.count })
    var place = 0
    for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      out.append(contentsOf: text[place..<edit.range.lowerBound])
      out += edit.bytes
      place = edit.range.upperBound
    }
    out.append(contentsOf: text[place...])
    return out
  }
}
