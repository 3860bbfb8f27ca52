import GatewayKit

/// What the last line says when nothing is typed there.
struct Notice: Equatable, Sendable {
  /// How long what is no error stays.
  static let time = Duration.seconds(6)

  let text: String
  var isError = false
  /// When it gives the line back; errors stay until a key.
  var until: Timestamp?
}
