/// What can be told of a message that is too long to be kept, or that cannot be read: whether it is
/// an answer, and to which request. Sees the bytes once, in parts of any size, and keeps few.
struct MessageOutline {
  /// A message of which so many bytes came is taken for one that never ends.
  static let endless = 1 << 30
  /// The most that is kept of one member's name or value.
  private static let tokenLimit = 32

  private let endless: Int
  private var count = 0
  private var depth = 0
  private var isObject: Bool?
  private var isInString = false
  private var isEscaped = false
  /// Of the message's own members: whether the value is next, the name, and what stands there.
  private var isValue = false
  private var name: [UInt8] = []
  private var token: [UInt8] = []
  private var ids: [UInt64?] = []
  private var hasOutcome = false
  private var hasMethod = false

  init(endless: Int = MessageOutline.endless) { self.endless = endless }

  var isEndless: Bool { count > endless }

  /// A request or a notification, which nobody waits for.
  var isUnasked: Bool { isObject == true && hasMethod }

  /// The number of the request that it answers.
  var answered: UInt64? {
    guard isObject == true, hasOutcome, !hasMethod, ids.count == 1 else { return nil }
    return ids[0]
  }

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count
    for byte in bytes { take(byte) }
  }

  private mutating func take(_ byte: UInt8) {
    if isInString { return takeInString(byte) }
    switch byte {
    case UInt8(ascii: "\""):
      isInString = true
      if depth == 1 { token = isValue ? [byte] : [] }
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if isObject == nil { isObject = byte == UInt8(ascii: "{") }
      depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if depth == 1 { endMember() }
      depth -= 1
    case UInt8(ascii: ",") where depth == 1:
      endMember()
    case UInt8(ascii: ":") where depth == 1:
      isValue = true
      token = []
    case 0x20, 0x09, 0x0D:
      break
    default:
      if depth == 0, isObject == nil { isObject = false }
      if depth == 1 { keep(byte) }
    }
  }

  private mutating func takeInString(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else if byte == UInt8(ascii: "\"") {
      isInString = false
      if depth == 1, !isValue { name = token }
      return
    }
    if depth == 1 { keep(byte) }
  }

  private mutating func keep(_ byte: UInt8) {
    if token.count < Self.tokenLimit { token.append(byte) }
  }

  private mutating func endMember() {
    if isValue {
      switch String(decoding: name, as: UTF8.self) {
      case "id": ids.append(UInt64(String(decoding: token, as: UTF8.self)))
      case "method": hasMethod = true
      case "result", "error": hasOutcome = true
      default: break
      }
    }
    isValue = false
    name = []
    token = []
  }
}
