import Glibc

/// A revision of the Model Context Protocol that this gateway speaks, oldest first.
///
/// Source: `docs/specification/` of the specification's repository.
// swift-format-ignore: AlwaysUseLowerCamelCase
package enum ProtocolVersion: String, CaseIterable, Comparable, Sendable {
  case v2024_11_05 = "2024-11-05"
  case v2025_03_26 = "2025-03-26"
  case v2025_06_18 = "2025-06-18"
  case v2025_11_25 = "2025-11-25"
  case v2026_07_28 = "2026-07-28"

  /// How a revision carries version, identity and capabilities
  /// (2026-07-28, Versioning and Compatibility, Terminology).
  package enum Era: String, Sendable, CaseIterable {
    /// By an `initialize` handshake and a session.
    case legacy
    /// By each request's `_meta`.
    case modern
  }

  package var era: Era { self == .v2026_07_28 ? .modern : .legacy }

  package static let newestLegacy = ProtocolVersion.v2025_11_25
  package static let newestModern = ProtocolVersion.v2026_07_28

  package static func < (left: Self, right: Self) -> Bool { left.age < right.age }

  /// The revision whose name these bytes are; looked at on every request, so without a String.
  package static func named(_ bytes: UnsafeRawBufferPointer) -> ProtocolVersion? {
    guard bytes.count == 10, let start = bytes.baseAddress else { return nil }
    func isName(_ name: StaticString) -> Bool {
      memcmp(start, name.utf8Start, 10) == 0
    }
    if isName("2026-07-28") { return .v2026_07_28 }
    if isName("2025-11-25") { return .v2025_11_25 }
    if isName("2025-06-18") { return .v2025_06_18 }
    if isName("2025-03-26") { return .v2025_03_26 }
    if isName("2024-11-05") { return .v2024_11_05 }
    return nil
  }

  private var age: Int {
    switch self {
    case .v2024_11_05: 0
    case .v2025_03_26: 1
    case .v2025_06_18: 2
    case .v2025_11_25: 3
    case .v2026_07_28: 4
    }
  }
}
