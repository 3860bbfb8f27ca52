/// An object's members where they lie in the bytes, for who changes a few and keeps the others as they
/// are spelled.
package struct JSONMembers {
  package struct Member {
    package let key: JSONString
    /// From the key's quote to the value's end.
    package let whole: Range<Int>
    package let value: Range<Int>
  }

  package let bytes: UnsafeRawBufferPointer
  package private(set) var members: [Member] = []

  /// - Parameter range: where the object lies, which was checked before.
  /// - Throws: `JSONSyntaxError` where it is none.
  package init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) throws {
    self.bytes = bytes
    var reader = JSONReader(UnsafeRawBufferPointer(rebasing: bytes[range]))
    let start = range.lowerBound
    try reader.object { key, reader in
      let value = try reader.skip()
      members.append(
        Member(
          key: JSONString(
            range: key.range.lowerBound + start..<key.range.upperBound + start,
            hasEscapes: key.hasEscapes),
          whole: key.range.lowerBound + start - 1..<value.upperBound + start,
          value: value.lowerBound + start..<value.upperBound + start))
    }
  }

  package func isNamed(_ member: Member, _ name: StaticString) -> Bool {
    JSONReader(bytes).equals(member.key, name)
  }

  package func value(_ name: StaticString) -> Range<Int>? {
    members.first { isNamed($0, name) }?.value
  }

  /// The object with some members left out, and others, written as `"key":value`, behind the rest.
  package func write(
    leavingOut isLeftOut: (Member) -> Bool = { _ in false }, adding added: [[UInt8]] = [],
    into out: inout [UInt8]
  ) {
    out.append(UInt8(ascii: "{"))
    var isFirst = true
    func separate() {
      if !isFirst { out.append(UInt8(ascii: ",")) }
      isFirst = false
    }
    for member in members where !isLeftOut(member) {
      separate()
      out.append(contentsOf: bytes[member.whole])
    }
    for member in added {
      separate()
      out += member
    }
    out.append(UInt8(ascii: "}"))
  }
}
