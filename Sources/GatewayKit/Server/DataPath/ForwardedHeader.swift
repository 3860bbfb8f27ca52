/// Which header fields of a backend's answer reach the client.
enum ForwardedHeader {
  /// All but those of the one connection (RFC 9110 §7.6.1), those that the gateway writes itself,
  /// and those that speak of the backend's own session, cookies and origins.
  private static let withheld: [StaticString] = [
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade", "content-length", "date", "server",
    "mcp-session-id", "set-cookie", "www-authenticate", "strict-transport-security", "alt-svc",
    "access-control-allow-origin", "access-control-allow-credentials",
    "access-control-allow-headers", "access-control-allow-methods",
    "access-control-expose-headers", "access-control-max-age", "x-content-type-options",
    "x-accel-buffering", "vary", "location",
  ]

  static func isForwarded(_ name: UnsafeRawBufferPointer) -> Bool {
    for other in withheld where other.utf8CodeUnitCount == name.count {
      var index = 0
      while index < name.count, name[index] | 0x20 == other.utf8Start[index] { index += 1 }
      if index == name.count { return false }
    }
    return true
  }
}
