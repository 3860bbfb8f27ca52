/// What a running gateway says of itself.
public struct GatewayStatus: Sendable {
  package let json: JSONValue
}
