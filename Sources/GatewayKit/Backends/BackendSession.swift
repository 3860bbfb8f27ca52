/// A legacy session at a backend.
package struct BackendSession: Sendable {
  /// Its `Mcp-Session-Id`; nil when the backend keeps none.
  package let id: String?
  /// The version that the backend agreed to.
  package let version: ProtocolVersion
  /// The backend's `InitializeResult`.
  package let result: JSONObject
}
