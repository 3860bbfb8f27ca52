import GatewayKit

/// What the last line says when nothing is typed there.
struct Notice: Equatable, Sendable {
  let text: String
  var isError = false
  /// When it gives the line back; errors stay until a key.
  var until: Timestamp?
}
