/// What a server answers to `initialize`.
struct LegacyHandshake: Sendable {
  let version: ProtocolVersion
  /// The whole `InitializeResult`.
  let result: JSONObject

  /// - Throws: ``BackendError`` for a result that is none, or a version that is not spoken here.
  static func read(_ bytes: [UInt8], backend: String) throws(BackendError) -> LegacyHandshake {
    guard let result = try? JSONValue.parse(bytes).objectValue,
      let agreed = result["protocolVersion"]?.stringValue
    else {
      throw .badAnswer(backend: backend, reason: "its initialize result names no version")
    }
    guard let version = ProtocolVersion(rawValue: agreed), version.era == .legacy else {
      throw .unavailable(
        backend: backend,
        reason: "it wants to speak \(SafeText.line(agreed)), which is not spoken here", since: nil)
    }
    return LegacyHandshake(version: version, result: result)
  }
}
