import GatewayKit

extension Timestamp {
  /// `2026-03-31T12:00:00Z`: for people, who need no fraction.
  var shown: String { "\(iso.prefix(19))Z" }
}
