/// The members of `_meta` that belong to one hop, and that no other may see
/// (2026-07-28, Overview, `_meta`).
package enum ReservedMeta {
  /// Of a request: its version, its client, and what that wants logged.
  static func isOfRequests(_ members: JSONMembers, _ member: JSONMembers.Member) -> Bool {
    ([
      "io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientInfo",
      "io.modelcontextprotocol/clientCapabilities", "io.modelcontextprotocol/logLevel",
    ] as [StaticString]).contains { members.isNamed(member, $0) }
  }

  /// Of a result.
  static func isOfResults(_ members: JSONMembers, _ member: JSONMembers.Member) -> Bool {
    members.isNamed(member, "io.modelcontextprotocol/serverInfo")
  }

  package static func member(_ level: LogLevel) -> [UInt8] {
    Array(#""io.modelcontextprotocol/logLevel":"\#(level.rawValue)""#.utf8)
  }

  /// What a modern request carries for a client, as members of `_meta`.
  package static func members(of client: ClientIdentity) -> [[UInt8]] {
    var members: [[UInt8]] = [
      Array(
        #""io.modelcontextprotocol/protocolVersion":"\#(ProtocolVersion.newestModern.rawValue)""#
          .utf8),
      Array(#""io.modelcontextprotocol/clientCapabilities":"#.utf8) + client.capabilities.bytes,
    ]
    if let info = client.info {
      members.append(Array(#""io.modelcontextprotocol/clientInfo":"#.utf8) + info.bytes)
    }
    return members
  }
}
