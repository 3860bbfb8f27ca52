/// What an answer to `server/discover` says of who gave it (2026-07-28, Versioning, Backward
/// Compatibility; both transports).
enum DiscoverVerdict: Sendable {
  /// The discover result, which names the modern version that is spoken here.
  case modern(JSONObject)
  /// Any other answer, unless it names versions none of which is spoken here.
  case legacy

  /// A clean answer is no proof: some servers answer anything (`mcp-eras.md`, Interoperability).
  init(result: JSONObject, backend: String) throws(BackendError) {
    let versions = Self.versions(result["supportedVersions"])
    if versions.contains(ProtocolVersion.newestModern.rawValue) {
      self = .modern(result)
    } else {
      try Self.checkLegacy(versions, backend)
      self = .legacy
    }
  }

  /// -32022 is a modern server that names what it speaks; every other error a legacy one.
  init(error: JSONValue, backend: String) throws(BackendError) {
    if error["code"]?.intValue == -32022 {
      try Self.checkLegacy(Self.versions(error["data"]?["supported"]), backend)
    }
    self = .legacy
  }

  static func versions(_ value: JSONValue?) -> [String] {
    let names = value?.arrayValue?.compactMap(\.stringValue) ?? []
    // There are a handful, each a date; more would be made up.
    return Array(names.filter { $0.utf8.count <= 32 }.prefix(16))
  }

  /// Versions that are named and of which none is spoken here leave nothing to try.
  private static func checkLegacy(_ versions: [String], _ backend: String) throws(BackendError) {
    guard versions.isEmpty || versions.contains(where: { ProtocolVersion(rawValue: $0) != nil })
    else {
      throw BackendError.unavailable(
        backend: backend,
        reason: "it speaks only \(versions.joined(separator: ", ")), none of which is spoken here",
        since: nil)
    }
  }
}
