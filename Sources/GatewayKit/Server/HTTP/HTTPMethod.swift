/// A request's method, as far as anything here depends on it.
package enum HTTPMethod: UInt8, Sendable {
  case get, head, post, delete, put, patch, options, other

  /// Methods are case-sensitive (RFC 9110, section 9.1).
  init(_ name: UnsafeRawBufferPointer) {
    self =
      switch name.count {
      case 3 where Token.equals(name, "GET"): .get
      case 3 where Token.equals(name, "PUT"): .put
      case 4 where Token.equals(name, "POST"): .post
      case 4 where Token.equals(name, "HEAD"): .head
      case 5 where Token.equals(name, "PATCH"): .patch
      case 6 where Token.equals(name, "DELETE"): .delete
      case 7 where Token.equals(name, "OPTIONS"): .options
      default: .other
      }
  }

  /// Whether RFC 9110, section 9.3 or RFC 5789 defines it. Others are answered 501 (RFC 9110,
  /// section 9.1).
  static func isKnown(_ name: UnsafeRawBufferPointer) -> Bool {
    HTTPMethod(name) != .other || Token.equals(name, "TRACE") || Token.equals(name, "CONNECT")
  }
}
