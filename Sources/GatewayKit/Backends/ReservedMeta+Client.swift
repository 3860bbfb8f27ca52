extension ReservedMeta {
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
