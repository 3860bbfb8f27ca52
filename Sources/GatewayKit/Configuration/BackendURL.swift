/// An `http` or `https` address, taken apart once so that nothing parses it again on the way.
///
/// Source: RFC 3986 section 3, narrowed to what an MCP endpoint can be: no user information, no
/// fragment, an ASCII host.
public struct BackendURL: Sendable, Equatable, CustomStringConvertible {
  /// The whole address as it was written.
  public let text: String
  /// A name or an address, without the brackets of IPv6.
  public let host: String
  /// The port, 80 or 443 when none was written.
  public let port: Int
  /// Path and query as they go into the request line; at least `/`.
  public let path: String
  /// Whether the scheme is `https`.
  public let isTLS: Bool

  /// The address without its query, which can hold a secret: fit for logs and screens.
  public var description: String {
    text.firstIndex(of: "?").map { "\(text[..<$0])?…" } ?? text
  }

  /// What a `Host` header says: the host, with the port where it is not the scheme's own.
  public var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// Takes `text` apart.
  ///
  /// - Throws: ``BackendURLError`` with a phrase that says what is wrong.
  public init(_ text: String) throws(BackendURLError) {
    let lowered = text.prefix(8).lowercased()
    let rest: Substring
    if lowered.hasPrefix("https://") {
      isTLS = true
      rest = text.dropFirst(8)
    } else if lowered.hasPrefix("http://") {
      isTLS = false
      rest = text.dropFirst(7)
    } else {
      throw BackendURLError(reason: "it must begin with http:// or https://")
    }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw BackendURLError(
        reason: "it holds a space or another character that must be percent-encoded")
    }
    guard !text.contains("#") else {
      throw BackendURLError(reason: "it has a fragment (#…), which no server ever sees")
    }
    let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let authority = rest[..<authorityEnd]
    guard !authority.contains("@") else {
      throw BackendURLError(
        reason: "it carries a user name or password; put the credential into \"headers\"")
    }
    guard let (host, port) = HostAndPort.split(authority) else {
      throw BackendURLError(reason: "its host or port is not valid")
    }
    self.text = text
    self.host = host
    self.port = port ?? (isTLS ? 443 : 80)
    let tail = rest[authorityEnd...]
    path = tail.hasPrefix("/") ? String(tail) : "/\(tail)"
  }
}

extension BackendURL {
  /// An address whose variables are not set: a text to show, and nothing to connect to.
  init(unresolved text: String) {
    self.text = text
    host = ""
    port = 0
    path = "/"
    isTLS = false
  }
}

/// Why a text is not an address that ``BackendURL`` takes.
public struct BackendURLError: Error, Equatable {
  /// A phrase, such as "it must begin with http:// or https://".
  public let reason: String
}
