/// What a client said of itself: `clientInfo` and `capabilities`, as it wrote them.
package struct ClientIdentity: Hashable, Sendable {
  package let info: JSONValue?
  package let capabilities: JSONValue

  package init(info: JSONValue?, capabilities: JSONValue) {
    self.info = info
    self.capabilities = capabilities
  }

  /// The gateway itself, when it asks for catalogs.
  package static let gateway = ClientIdentity(
    info: ["name": "mcp-gateway", "version": .string(GatewayVersion.text)],
    capabilities: .object(JSONObject()))
}

/// A legacy session at a backend.
package struct BackendSession: Sendable {
  /// Its `Mcp-Session-Id`; nil when the backend keeps none.
  package let id: String?
  /// The version that the backend agreed to.
  package let version: ProtocolVersion
  /// The backend's `InitializeResult`.
  package let result: JSONObject
}
