/// What the configuration may send as a header field (RFC 9110 section 5).
enum HeaderRules {
  /// Fields that framing, the protocol or the connection own; a configured one would contradict them.
  private static let reserved: Set<String> = [
    "accept", "connection", "content-encoding", "content-length", "content-type", "expect", "host",
    "keep-alive", "last-event-id", "mcp-method", "mcp-name", "mcp-protocol-version",
    "mcp-session-id", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
  ]

  static func isReserved(_ name: String) -> Bool {
    let lowered = name.lowercased()
    return reserved.contains(lowered) || lowered.hasPrefix("mcp-param-")
  }

  static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  static func isValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 == 0x09 || $0 >= 0x20 && $0 != 0x7f }
  }
}
