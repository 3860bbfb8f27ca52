import Glibc

/// `host`, `host:port`, `[v6]`, `[v6]:port` (RFC 3986 section 3.2.2 and 3.2.3).
package enum HostAndPort {
  /// The two parts, the host without brackets; nil when the text is none of the four forms.
  package static func split(_ text: some StringProtocol) -> (host: String, port: Int?)? {
    var host = String(text)
    var portText: String?
    if host.hasPrefix("[") {
      guard let close = host.firstIndex(of: "]") else { return nil }
      let after = host[host.index(after: close)...]
      if !after.isEmpty {
        guard after.hasPrefix(":") else { return nil }
        portText = String(after.dropFirst())
      }
      host = String(host[host.index(after: host.startIndex)..<close])
      guard isIPv6(host) else { return nil }
    } else {
      let parts = host.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2, let first = parts.first else { return nil }
      if parts.count == 2 { portText = String(parts[1]) }
      host = String(first)
      guard isIPv4(host) || isName(host) else { return nil }
    }
    guard let portText else { return (host, nil) }
    guard (1...5).contains(portText.utf8.count),
      portText.utf8.allSatisfy({ (48...57).contains($0) }),
      let port = Int(portText), port <= 65_535
    else { return nil }
    return (host, port)
  }

  /// Whether `host` is an IPv4 address in four decimal parts.
  package static func isIPv4(_ host: String) -> Bool {
    var address = in_addr()
    return inet_pton(AF_INET, host, &address) == 1
  }

  /// Whether `host` is an IPv6 address, without brackets.
  package static func isIPv6(_ host: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET6, host, &address) == 1
  }

  /// Whether `host` can be a name in DNS: labels of letters, digits, `-` and `_`
  /// (RFC 1123 section 2.1; `_` because container networks use it).
  package static func isName(_ host: String) -> Bool {
    guard (1...253).contains(host.utf8.count) else { return false }
    return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
          default: false
          }
        }
    }
  }
}
