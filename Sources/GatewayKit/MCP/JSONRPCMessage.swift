/// What can be told of a JSON-RPC message at a glance, for who passes it on.
package enum JSONRPCMessage {
  /// Whether it answers a request: it has a result or an error, and no method.
  package static func isResponse(_ message: [UInt8]) -> Bool {
    message.withUnsafeBytes { bytes in
      (try? EnvelopeScanner.scan(bytes))?.kind == .response
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
