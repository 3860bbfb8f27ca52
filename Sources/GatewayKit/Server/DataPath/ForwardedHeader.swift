/// Which header fields of a backend's answer reach the client.
enum ForwardedHeader {
  /// All but those of the one connection (RFC 9110 §7.6.1), those that the gateway writes itself,
  /// and those that speak of the backend's own session, cookies and origins.
  private static let withheld = byLength([
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade", "content-length", "date", "server",
    "mcp-session-id", "set-cookie", "www-authenticate", "strict-transport-security", "alt-svc",
    "access-control-allow-origin", "access-control-allow-credentials",
    "access-control-allow-headers", "access-control-allow-methods",
    "access-control-expose-headers", "access-control-max-age", "x-content-type-options",
    "x-accel-buffering", "vary", "location",
  ])

  static func isForwarded(_ name: UnsafeRawBufferPointer) -> Bool {
    guard name.count < withheld.count else { return true }
    for other in withheld[name.count] where Token.equalsIgnoringCase(name, other) { return false }
    return true
  }

  private static func byLength(_ names: [StaticString]) -> [[StaticString]] {
    var table: [[StaticString]] = []
    for name in names {
      while table.count <= name.utf8CodeUnitCount { table.append([]) }
      table[name.utf8CodeUnitCount].append(name)
    }
    return table
  }
}
