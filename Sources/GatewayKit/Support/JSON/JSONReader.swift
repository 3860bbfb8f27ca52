/// Reads JSON from bytes, value by value, allocating nothing unless it is asked for text.
///
/// The whole grammar of RFC 8259 is checked, UTF-8 included (RFC 3629: no overlong forms, no
/// surrogates), and nesting is bounded. A value type: a copy is a bookmark. The bytes must live
/// as long as the reader does.
package struct JSONReader {
  let bytes: UnsafeRawBufferPointer
  let maximumDepth: Int
  let allowsComments: Bool
  package private(set) var offset = 0
  private var depth = 0
  /// An object was entered and none of its members read.
  private var isAtStart = false

  /// - Parameters:
  ///   - maximumDepth: how many objects and arrays may stand in one another.
  ///   - allowsComments: whether `//` and `/* */` count as white space.
  package init(
    _ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 120, allowsComments: Bool = false
  ) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    self.allowsComments = allowsComments
  }

  // MARK: Looking

  /// What the next value is; white space before it is passed.
  package mutating func kind() throws(JSONSyntaxError) -> JSONKind {
    try skipSpace()
    guard offset < bytes.count else { throw error("the text ends where a value was expected") }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    default: throw error("a value was expected")
    }
  }

  /// Only white space may follow.
  package mutating func end() throws(JSONSyntaxError) {
    try skipSpace()
    guard offset == bytes.count else { throw error("something follows the value") }
  }

  func error(_ reason: String, at position: Int? = nil) -> JSONSyntaxError {
    JSONSyntaxError(offset: position ?? offset, reason: reason)
  }

  // MARK: White space

  private mutating func skipSpace() throws(JSONSyntaxError) {
    // Most of what is sent by machines has none.
    guard offset < bytes.count, bytes[offset] <= 0x20 || allowsComments else { return }
    try skipSomeSpace()
  }

  @inline(never)
  private mutating func skipSomeSpace() throws(JSONSyntaxError) {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      case UInt8(ascii: "/") where allowsComments: try skipComment()
      default: return
      }
    }
  }

  private mutating func skipComment() throws(JSONSyntaxError) {
    let start = offset
    guard offset + 1 < bytes.count else { throw error("a value was expected") }
    switch bytes[offset + 1] {
    case UInt8(ascii: "/"):
      while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
    case UInt8(ascii: "*"):
      offset += 2
      while offset + 1 < bytes.count {
        if bytes[offset] == UInt8(ascii: "*"), bytes[offset + 1] == UInt8(ascii: "/") {
          offset += 2
          return
        }
        offset += 1
      }
      throw error("a comment is not closed", at: start)
    default:
      throw error("a value was expected")
    }
  }

  // MARK: Scalars

  package mutating func null() throws(JSONSyntaxError) {
    try skipSpace()
    try word("null")
  }

  package mutating func bool() throws(JSONSyntaxError) -> Bool {
    try skipSpace()
    if offset < bytes.count, bytes[offset] == UInt8(ascii: "t") {
      try word("true")
      return true
    }
    try word("false")
    return false
  }

  private mutating func word(_ word: StaticString) throws(JSONSyntaxError) {
    let count = word.utf8CodeUnitCount
    guard bytes.count - offset >= count else { throw error("a value was expected") }
    for index in 0..<count where bytes[offset + index] != word.utf8Start[index] {
      throw error("a value was expected")
    }
    offset += count
  }

  /// The number's bytes as they are spelled.
  package mutating func number() throws(JSONSyntaxError) -> Range<Int> {
    try skipSpace()
    let start = offset
    try skipNumber()
    return start..<offset
  }

  private mutating func skipNumber() throws(JSONSyntaxError) {
    var position = offset
    if byte(at: position) == UInt8(ascii: "-") { position += 1 }
    if byte(at: position) == UInt8(ascii: "0") {
      position += 1
    } else {
      position = try afterDigits(position)
    }
    if byte(at: position) == UInt8(ascii: ".") { position = try afterDigits(position + 1) }
    if let e = byte(at: position), e | 0x20 == UInt8(ascii: "e") {
      position += 1
      if let sign = byte(at: position), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
        position += 1
      }
      position = try afterDigits(position)
    }
    offset = position
  }

  private func byte(at position: Int) -> UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  private func peek() -> UInt8? { byte(at: offset) }

  /// The end of one or more digits.
  private func afterDigits(_ start: Int) throws(JSONSyntaxError) -> Int {
    var position = start
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    guard position > start else { throw error("a digit was expected", at: position) }
    return position
  }

  // MARK: Strings

  package mutating func string() throws(JSONSyntaxError) -> JSONString {
    try skipSpace()
    guard peek() == UInt8(ascii: "\"") else { throw error("a string was expected") }
    return try stringHere()
  }

  /// The string whose opening quote is the next byte.
  private mutating func stringHere() throws(JSONSyntaxError) -> JSONString {
    let start = offset + 1
    var position = start
    var hasEscapes = false
    while true {
      position = afterPlain(position)
      guard position < bytes.count else { throw error("a string is not closed", at: start - 1) }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        offset = position + 1
        return JSONString(range: start..<position, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        position = try afterEscape(position)
      case 0..<0x20:
        throw error("a control character in a string must be escaped", at: position)
      default:
        position = try afterScalar(position)
      }
    }
  }

  /// The first byte from here on that is a quote, a backslash, a control character or not ASCII;
  /// or the end of all bytes. Eight bytes at a time, each test in the byte's highest bit: the
  /// lowest bit set is exact, those above it may be carries.
  private func afterPlain(_ start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var position = start
    while position + 8 <= bytes.count {
      let word = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      let quote = word ^ ones &* UInt64(UInt8(ascii: "\""))
      let backslash = word ^ ones &* UInt64(UInt8(ascii: "\\"))
      let special =
        (quote &- ones) & ~quote | (backslash &- ones) & ~backslash
        | (word &- ones &* 0x20) & ~word | word
      let found = special & (ones &* 0x80)
      if found != 0 { return position + found.trailingZeroBitCount / 8 }
      position += 8
    }
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte &- 0x20 >= 0x60 { break }
      position += 1
    }
    return position
  }

  private func afterEscape(_ position: Int) throws(JSONSyntaxError) -> Int {
    guard let letter = byte(at: position + 1) else {
      throw error("a string is not closed", at: position)
    }
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return position + 2
    case UInt8(ascii: "u"):
      guard hexUnit(at: position + 2) != nil else {
        throw error("four hex digits were expected after \\u", at: position)
      }
      return position + 6
    default:
      throw error("no such escape", at: position)
    }
  }

  /// The UTF-16 unit of four hex digits.
  func hexUnit(at position: Int) -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    var unit: UInt32 = 0
    for index in position..<position + 4 {
      let byte = bytes[index]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  /// The end of a scalar of two to four bytes (RFC 3629, section 4).
  private func afterScalar(_ position: Int) throws(JSONSyntaxError) -> Int {
    let count: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch bytes[position] {
    case 0xC2...0xDF: count = 2
    case 0xE0: (count, second) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE...0xEF: count = 3
    case 0xED: (count, second) = (3, 0x80...0x9F)
    case 0xF0: (count, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: count = 4
    case 0xF4: (count, second) = (4, 0x80...0x8F)
    default: throw error("a string is not UTF-8", at: position)
    }
    guard position + count <= bytes.count, second.contains(bytes[position + 1]) else {
      throw error("a string is not UTF-8", at: position)
    }
    for index in 2..<max(2, count) where bytes[position + index] & 0xC0 != 0x80 {
      throw error("a string is not UTF-8", at: position)
    }
    return position + count
  }

  // MARK: Containers

  /// Reads an object's members in their order; the closure must consume each member's value.
  @discardableResult
  package mutating func object(
    _ member: (JSONString, inout JSONReader) throws -> Void
  ) throws -> Range<Int> {
    let start = try open("{")
    if try close(UInt8(ascii: "}")) { return start..<offset }
    while true {
      try member(try key(), &self)
      if try endOfElement(UInt8(ascii: "}")) { return start..<offset }
    }
  }

  /// Reads an array's elements in their order; the closure must consume each.
  @discardableResult
  package mutating func array(
    _ element: (Int, inout JSONReader) throws -> Void
  ) throws -> Range<Int> {
    let start = try open("[")
    if try close(UInt8(ascii: "]")) { return start..<offset }
    var index = 0
    while true {
      try element(index, &self)
      index += 1
      if try endOfElement(UInt8(ascii: "]")) { return start..<offset }
    }
  }

  private mutating func open(_ bracket: Unicode.Scalar) throws(JSONSyntaxError) -> Int {
    try skipSpace()
    guard peek() == UInt8(ascii: bracket) else {
      throw error(bracket == "{" ? "an object was expected" : "an array was expected")
    }
    guard depth < maximumDepth else {
      throw error("objects and arrays nest deeper than \(maximumDepth)")
    }
    depth += 1
    offset += 1
    return offset - 1
  }

  /// Whether the container is empty and ends here.
  private mutating func close(_ bracket: UInt8) throws(JSONSyntaxError) -> Bool {
    try skipSpace()
    guard peek() == bracket else { return false }
    offset += 1
    depth -= 1
    return true
  }

  /// Whether the container ends after an element; else a comma was passed.
  private mutating func endOfElement(_ bracket: UInt8) throws(JSONSyntaxError) -> Bool {
    if try close(bracket) { return true }
    guard peek() == UInt8(ascii: ",") else {
      throw error(
        bracket == UInt8(ascii: "}") ? "a comma or } was expected" : "a comma or ] was expected")
    }
    offset += 1
    return false
  }

  /// Passes one whole value, checked; its bytes.
  @discardableResult
  package mutating func skip() throws(JSONSyntaxError) -> Range<Int> {
    try skipSpace()
    let start = offset
    try skipHere()
    return start..<offset
  }

  /// Passes the value that begins at the next byte.
  private mutating func skipHere() throws(JSONSyntaxError) {
    guard offset < bytes.count else { throw error("the text ends where a value was expected") }
    switch bytes[offset] {
    case UInt8(ascii: "\""): _ = try stringHere()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
    case UInt8(ascii: "{"): try skipObject()
    case UInt8(ascii: "["): try skipArray()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: throw error("a value was expected")
    }
  }

  private mutating func skipObject() throws(JSONSyntaxError) {
    _ = try open("{")
    if try close(UInt8(ascii: "}")) { return }
    repeat {
      _ = try key()
      try skipSpace()
      try skipHere()
    } while try !endOfElement(UInt8(ascii: "}"))
  }

  private mutating func skipArray() throws(JSONSyntaxError) {
    _ = try open("[")
    if try close(UInt8(ascii: "]")) { return }
    repeat {
      try skipSpace()
      try skipHere()
    } while try !endOfElement(UInt8(ascii: "]"))
  }

  /// A member's key and the colon behind it.
  private mutating func key() throws(JSONSyntaxError) -> JSONString {
    let key = try string()
    try skipSpace()
    guard peek() == UInt8(ascii: ":") else { throw error("a colon was expected") }
    offset += 1
    return key
  }
}

// MARK: - Member by member

extension JSONReader {
  /// Enters an object, whose members `nextMember` then gives. For the data path, where a closure
  /// per member would cost.
  package mutating func openObject() throws(JSONSyntaxError) {
    _ = try open("{")
    isAtStart = true
  }

  /// The next member's key; its value must be read before the next call. Nil at the object's end.
  package mutating func nextMember() throws(JSONSyntaxError) -> JSONString? {
    if isAtStart {
      isAtStart = false
      if try close(UInt8(ascii: "}")) { return nil }
    } else if try endOfElement(UInt8(ascii: "}")) {
      return nil
    }
    return try key()
  }
}
