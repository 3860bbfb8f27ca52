import Glibc

/// Where the gateway listens: `HOST:PORT`, IPv6 in brackets.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  /// A name or an address, without the brackets of IPv6.
  public let host: String
  /// 0 asks the system for a free port.
  public let port: Int

  /// `127.0.0.1:4444`.
  public static let standard = ListenAddress(host: "127.0.0.1", port: 4444)

  /// An address from parts that are known to be good.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `HOST:PORT`; nil when it is not that.
  public init?(_ text: String) {
    guard let (host, port) = HostAndPort.split(text), let port else { return nil }
    self.init(host: host, port: port)
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Whether only this machine can reach it: `127.0.0.0/8`, `::1`, `localhost`
  /// (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3, RFC 6761 section 6.3).
  public var isLoopback: Bool {
    if host.lowercased() == "localhost" { return true }
    if HostAndPort.isIPv4(host) { return host.hasPrefix("127.") }
    var address = in6_addr()
    guard inet_pton(AF_INET6, host, &address) == 1 else { return false }
    let bytes = withUnsafeBytes(of: &address) { Array($0) }
    let isOne = bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    let isMapped = Array(bytes[..<12]) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
    return isOne || (isMapped && bytes[12] == 127)
  }
}
