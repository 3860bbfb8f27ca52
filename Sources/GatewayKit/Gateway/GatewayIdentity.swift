/// How the gateway names itself to clients and backends.
package enum GatewayIdentity {
  package static let serverInfo: JSONValue = [
    "name": "mcp-gateway", "title": "MCP Gateway", "version": .string(GatewayVersion.text),
  ]

  /// A modern result's `_meta` with only `serverInfo` in it.
  package static let metaBytes: [UInt8] =
    JSONValue.object(JSONObject([("io.modelcontextprotocol/serverInfo", serverInfo)])).bytes
}
