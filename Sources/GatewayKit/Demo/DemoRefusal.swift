/// A JSON-RPC error that a demo server answers.
struct DemoRefusal: Error, Equatable {
  let code: Int
  let message: String
  var data: JSONValue?

  var json: JSONValue {
    let error: JSONValue = ["code": .number("\(code)"), "message": .string(message)]
    return data.map { error.adding("data", $0) } ?? error
  }

  static func parse(_ reason: String) -> DemoRefusal {
    DemoRefusal(code: -32700, message: "Parse error: \(reason)")
  }

  static func invalidRequest(_ reason: String) -> DemoRefusal {
    DemoRefusal(code: -32600, message: "Invalid request: \(reason)")
  }

  static func unknownMethod(_ method: String) -> DemoRefusal {
    DemoRefusal(code: -32601, message: "Method not found: \(method)")
  }

  static func invalidParams(_ reason: String, data: JSONValue? = nil) -> DemoRefusal {
    DemoRefusal(code: -32602, message: reason, data: data)
  }

  /// -32602 since 2026-07-28, -32002 before (2026-07-28, Resources, Error Handling).
  static func unknownResource(_ uri: String, in era: ProtocolVersion.Era) -> DemoRefusal {
    DemoRefusal(
      code: era == .modern ? -32602 : -32002, message: "Unknown resource: \(uri)",
      data: ["uri": .string(uri)])
  }

  static func unsupportedVersion(_ requested: String) -> DemoRefusal {
    DemoRefusal(
      code: -32022, message: "Unsupported protocol version",
      data: ["supported": DemoConversation.supportedVersions, "requested": .string(requested)])
  }
}
