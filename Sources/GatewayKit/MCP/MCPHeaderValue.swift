/// How a value that HTTP cannot carry stands in `Mcp-Name` and `Mcp-Param-…` headers.
///
/// Source: 2026-07-28, Streamable HTTP, Value Encoding.
package enum MCPHeaderValue {
  private static let prefix = Array("=?base64?".utf8)
  private static let suffix = Array("?=".utf8)

  package static func encode(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let isPlain =
      bytes.allSatisfy { $0 == 0x09 || (0x20...0x7E).contains($0) }
      && bytes.first.map { $0 != 0x20 && $0 != 0x09 } ?? true
      && bytes.last.map { $0 != 0x20 && $0 != 0x09 } ?? true
      && !(bytes.starts(with: prefix) && bytes.suffix(2).elementsEqual(suffix))
    return isPlain ? text : "=?base64?\(Base64.encode(bytes))?="
  }

  /// The value's bytes; nil for a base64 that is malformed or not canonical.
  package static func decode(_ raw: UnsafeRawBufferPointer) -> [UInt8]? {
    guard isEncoded(raw) else { return Array(raw) }
    return Base64.decode(raw[prefix.count..<raw.count - suffix.count])
  }

  /// Whether a header's value says the same as a string of the body.
  package static func equals(
    _ raw: UnsafeRawBufferPointer, _ string: JSONString, in body: UnsafeRawBufferPointer
  ) -> Bool {
    if !string.hasEscapes, !isEncoded(raw) { return raw.elementsEqual(body[string.range]) }
    guard let value = decode(raw) else { return false }
    return value.elementsEqual(JSONReader(body).text(string).utf8)
  }

  private static func isEncoded(_ raw: UnsafeRawBufferPointer) -> Bool {
    raw.count >= prefix.count + suffix.count && raw.starts(with: prefix)
      && raw.suffix(2).elementsEqual(suffix)
  }
}
