/// Which names this gateway answers to, and which web pages may use it (DESIGN §12).
///
/// Against DNS rebinding: a name that an attacker points at a loopback address is in `Host`, and
/// the attacker's page is in `Origin`.
package struct HostPolicy: Sendable {
  private let hosts: Set<String>
  private let origins: Set<String>

  /// `publicURL` gives one host and one origin; `hosts` and `origins` are the configuration's.
  package init(publicURL: BackendURL?, hosts: [String], origins: [String]) {
    var allowedHosts = Set(hosts.map { $0.lowercased() })
    var allowedOrigins = Set(origins.map { $0.lowercased() })
    if let publicURL {
      allowedOrigins.insert(
        "\(publicURL.isTLS ? "https" : "http")://\(publicURL.authority)".lowercased())
      allowedHosts.insert(publicURL.host.lowercased())
    }
    self.hosts = allowedHosts
    self.origins = allowedOrigins
  }

  /// IP literals and `localhost` pass, with any port: neither can be rebound.
  package func allowsHost(_ value: UnsafeRawBufferPointer) -> Bool {
    if Self.isIPv4(value) { return true }
    let text = String(decoding: value, as: UTF8.self).lowercased()
    let name = Self.withoutPort(text)
    if name.hasPrefix("["), name.hasSuffix("]") {
      return name.dropFirst().dropLast().utf8.allSatisfy {
        ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: ":"))
          || ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "f")) || $0 == UInt8(ascii: ".")
      }
    }
    return name == "localhost" || hosts.contains(name) || hosts.contains(text)
  }

  package func allowsOrigin(_ value: UnsafeRawBufferPointer) -> Bool {
    let text = String(decoding: value, as: UTF8.self).lowercased()
    return text != "null" && origins.contains(text)
  }

  /// Digits and dots, with or without a port: the common case, without a String.
  private static func isIPv4(_ value: UnsafeRawBufferPointer) -> Bool {
    var dots = 0
    for (index, byte) in value.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): continue
      case UInt8(ascii: "."): dots += 1
      case UInt8(ascii: ":"):
        return dots == 3 && index > 6
          && value[(index + 1)...].allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
      default: return false
      }
    }
    return dots == 3 && value.count >= 7
  }

  private static func withoutPort(_ authority: String) -> String {
    guard let colon = authority.lastIndex(of: ":"),
      authority[authority.index(after: colon)...].utf8.allSatisfy({
        (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0
      })
    else { return authority }
    return String(authority[..<colon])
  }
}
