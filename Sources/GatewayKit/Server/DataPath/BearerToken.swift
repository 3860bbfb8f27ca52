/// The token in an `Authorization` header (RFC 6750 §2.1; the scheme's case does not matter,
/// RFC 9110 §11.1).
enum BearerToken {
  /// Nil for another scheme, an empty token, or one with white space inside.
  static func find(in value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let scheme: StaticString = "bearer "
    guard value.count > scheme.utf8CodeUnitCount else { return nil }
    for index in 0..<scheme.utf8CodeUnitCount
    where value[index] | 0x20 != scheme.utf8Start[index] | 0x20 { return nil }
    guard value[scheme.utf8CodeUnitCount - 1] == UInt8(ascii: " ") else { return nil }
    var start = scheme.utf8CodeUnitCount
    while start < value.count, value[start] == UInt8(ascii: " ") { start += 1 }
    guard start < value.count else { return nil }
    let token = UnsafeRawBufferPointer(rebasing: value[start...])
    guard !token.contains(where: { $0 <= UInt8(ascii: " ") }) else { return nil }
    return token
  }
}
