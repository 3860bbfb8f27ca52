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
}
