/// What can be told of a JSON-RPC message at a glance, for who passes it on.
package enum JSONRPCMessage {
  /// Whether it answers a request: it has a result or an error, and no method.
  package static func isResponse(_ message: [UInt8]) -> Bool {
    message.withUnsafeBytes { bytes in
      (try? EnvelopeScanner.scan(bytes))?.kind == .response
    }
  }

  /// Whether the body of a 400 to a request in a session says that there is no such session: an error of no
  /// request with a code that servers use for that, or a text about sessions. 404 would be right (2025-11-25,
  /// Streamable HTTP, Session Management, 3); the official SDKs' servers and examples of before 2026 sent 400.
  package static func saysSessionLost(_ body: [UInt8]) -> Bool {
    body.withUnsafeBytes { bytes in
      guard let envelope = try? EnvelopeScanner.scan(bytes), envelope.kind == .response else {
        return String(decoding: bytes, as: UTF8.self).lowercased().contains("session")
      }
      return envelope.id == nil && [-32000, -32001].contains(errorCode(body) ?? 0)
    }
  }

  /// The code of an error response; nil for anything else.
  package static func errorCode(_ message: [UInt8]) -> Int? {
    message.withUnsafeBytes { bytes in
      guard let error = (try? EnvelopeScanner.scan(bytes))?.error else { return nil }
      return (try? JSONValue.parse(bytes[error]))?["code"]?.intValue
    }
  }
}
