/// How a value that HTTP cannot carry stands in `Mcp-Name` and `Mcp-Param-…` headers.
///
/// Source: 2026-07-28, Streamable HTTP, Value Encoding.
package enum MCPHeaderValue {
  private static let prefix = Array("=?base64?".utf8)
  private static let suffix = Array("?=".utf8)

  package static func encode(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let isPlain = bytes.withUnsafeBytes { raw in
      isSafe(raw) && !isMarked(raw) && !isBlank(raw.first) && !isBlank(raw.last)
    }
    return isPlain ? text : "=?base64?\(Base64.encode(bytes))?="
  }

  /// The value's bytes; nil for a base64 that is malformed or not canonical, and for a value with
  /// characters that it may not have.
  package static func decode(_ raw: UnsafeRawBufferPointer) -> [UInt8]? {
    guard isSafe(raw) else { return nil }
    guard isMarked(raw) else { return Array(raw) }
    guard raw.count >= prefix.count + suffix.count else { return nil }
    return Base64.decode(raw[prefix.count..<raw.count - suffix.count])
  }

  /// Whether a header's value says the same as a string of the body.
  package static func equals(
    _ raw: UnsafeRawBufferPointer, _ string: JSONString, in body: UnsafeRawBufferPointer
  ) -> Bool {
    if !string.hasEscapes, !isMarked(raw) {
      return isSafe(raw) && raw.isSame(as: body[string.range])
    }
    guard let value = decode(raw) else { return false }
    return value == JSONReader(body).utf8(string)
  }

  /// Visible ASCII, spaces and tabs.
  private static func isSafe(_ raw: UnsafeRawBufferPointer) -> Bool {
    raw.allSatisfy { $0 == 0x09 || (0x20...0x7E).contains($0) }
  }

  private static func isBlank(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func isMarked(_ raw: UnsafeRawBufferPointer) -> Bool {
    raw.count >= prefix.count
      && UnsafeRawBufferPointer(rebasing: raw[..<prefix.count]).isSame(as: prefix)
      && UnsafeRawBufferPointer(rebasing: raw.suffix(suffix.count)).isSame(as: suffix)
  }
}
