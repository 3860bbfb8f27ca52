/// What a client said of itself: `clientInfo` and `capabilities`, as it wrote them.
package struct ClientIdentity: Hashable, Sendable {
  package let info: JSONValue?
  package let capabilities: JSONValue

  package init(info: JSONValue?, capabilities: JSONValue) {
    self.info = info
    self.capabilities = capabilities
  }

  /// The gateway itself, when it asks for catalogs, and for the clients that share a process: it offers
  /// all that can be bridged.
  package static let gateway = ClientIdentity(
    info: ["name": "mcp-gateway", "version": .string(GatewayVersion.text)],
    capabilities: [
      "elicitation": ["form": [:], "url": [:]], "sampling": [:], "roots": [:],
    ])

  /// The `_meta` of the gateway's own modern requests.
  static let gatewayMeta = meta(gateway.capabilities)

  /// The same of the requests that listen: only who has the extension may ask to be told of tasks.
  static let listenerMeta: JSONValue = {
    var capabilities = gateway.capabilities.objectValue ?? JSONObject()
    capabilities["extensions"] = .object(JSONObject([(TasksExtension.name, [:])]))
    return meta(.object(capabilities))
  }()

  private static func meta(_ capabilities: JSONValue) -> JSONValue {
    [
      "io.modelcontextprotocol/protocolVersion": .string(ProtocolVersion.newestModern.rawValue),
      "io.modelcontextprotocol/clientInfo": gateway.info ?? .null,
      "io.modelcontextprotocol/clientCapabilities": capabilities,
    ]
  }
}
