/// A request's target as it was sent: nothing is decoded, collapsed or completed before routes are
/// compared with it, so there is one spelling of each path and no second one to guard.
struct AdminTarget: Sendable {
  /// Between the slashes; nil when the path has an empty segment or something besides ASCII.
  let segments: [Substring]?
  /// Behind the question mark.
  let query: Substring

  init(_ target: String) {
    let path = target.prefix { $0 != "?" }
    query = target.dropFirst(path.count).dropFirst()
    let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = path.hasPrefix("/") && path.utf8.allSatisfy { $0 < 0x80 }
    self.segments = isPlain && segments.allSatisfy { !$0.isEmpty } ? segments : nil
  }

  /// Undoes percent-encoding (RFC 3986, section 2.1).
  ///
  /// - Parameter plusIsSpace: whether a plus is a space, as forms and most libraries write query
  ///   strings; it never is one in a path.
  /// - Returns: nil when an escape is cut off or the bytes are not UTF-8.
  static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
        else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
