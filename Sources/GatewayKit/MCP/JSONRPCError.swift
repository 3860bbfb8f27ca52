/// A JSON-RPC error as the gateway sends it.
///
/// Codes: JSON-RPC 2.0, section 5.1; MCP 2026-07-28, Overview, Error Codes. Those of the gateway's
/// own lie outside both ranges.
package struct JSONRPCError: Error, Equatable, Sendable {
  package let code: Int
  package let message: String
  package let data: JSONObject?

  package init(code: Int, message: String, data: JSONObject? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// The whole error response.
  ///
  /// - Parameters:
  ///   - id: the message's; nil when that could not be read.
  ///   - request: by which the logs know the request; told in `data.requestId`.
  package func body(id: [UInt8]?, request: RequestID?) -> [UInt8] {
    var body = Array(#"{"jsonrpc":"2.0","id":"#.utf8)
    body += id ?? Array("null".utf8)
    body += #","error":{"code":\#(code),"message":"#.utf8
    writeJSONString(message.utf8, into: &body)
    var members = data ?? JSONObject()
    members["requestId"] = request.map { .string($0.description) }
    if !members.members.isEmpty {
      body += #","data":"#.utf8
      JSONValue.object(members).write(into: &body)
    }
    body += "}}".utf8
    return body
  }

  /// The HTTP status of the error for a modern client.
  package var httpStatus: Int { Self.httpStatus(ofCode: code) }

  /// 2026-07-28, Streamable HTTP: 400 for what the request got wrong before it reached its method,
  /// 404 for an unknown method; errors of a method's own are 200.
  package static func httpStatus(ofCode code: Int) -> Int {
    switch code {
    case -32700, -32600, -32020, -32021, -32022: 400
    case -32601: 404
    case 1001: 502
    case 1002: 504
    case 1003, 1004, 1007: 503
    case 1005: 410
    case 1006: 429
    default: 200
    }
  }
}

extension JSONRPCError {
  package static func invalidRequest(_ what: String) -> Self {
    Self(code: -32600, message: "Invalid request: \(what)")
  }

  package static func methodNotFound(_ name: String) -> Self {
    Self(code: -32601, message: "Method not found: \(name)")
  }

  package static func invalidParams(_ what: String) -> Self {
    Self(code: -32602, message: "Invalid params: \(what)")
  }

  package static func unknownTool(_ name: String) -> Self {
    Self(code: -32602, message: "Unknown tool: \(name)")
  }

  package static func unknownPrompt(_ name: String) -> Self {
    Self(code: -32602, message: "Unknown prompt: \(name)")
  }

  /// -32002 before 2026-07-28, which replaced it by -32602.
  package static func unknownResource(_ uri: String, era: ProtocolVersion.Era) -> Self {
    Self(
      code: era == .legacy ? -32002 : -32602, message: "Resource not found: \(uri)",
      data: JSONObject([("uri", .string(uri))]))
  }

  package static func headerMismatch(_ what: String) -> Self {
    Self(code: -32020, message: "Header mismatch: \(what)")
  }

  package static func unsupportedVersion(_ requested: String) -> Self {
    Self(
      code: -32022, message: "Unsupported protocol version",
      data: JSONObject([
        ("supported", .array(ProtocolVersion.allCases.reversed().map { .string($0.rawValue) })),
        ("requested", .string(requested)),
      ]))
  }

  /// - Parameter capabilities: those that the request would need, as in `clientCapabilities`.
  package static func missingCapability(_ capabilities: JSONObject) -> Self {
    Self(
      code: -32021, message: "Missing required client capability",
      data: JSONObject([("requiredCapabilities", .object(capabilities))]))
  }

  package static func backendUnavailable(_ backend: String, since: Timestamp?) -> Self {
    var data = JSONObject([("backend", .string(backend))])
    data["since"] = since.map { .string($0.iso) }
    return Self(code: 1001, message: "backend unavailable", data: data)
  }

  /// It is up, and has no room for one more session.
  package static func backendFull(_ backend: String, _ reason: String) -> Self {
    Self(
      code: 1001, message: "backend unavailable: \(reason); try again later",
      data: JSONObject([("backend", .string(backend))]))
  }

  package static func backendTimedOut(_ backend: String, seconds: Int) -> Self {
    Self(
      code: 1002, message: "backend timed out",
      data: JSONObject([
        ("backend", .string(backend)), ("seconds", .number(String(seconds))),
      ]))
  }

  package static func backendPaused(_ backend: String, retryAfterMilliseconds: Int64) -> Self {
    Self(
      code: 1003, message: "backend paused after errors",
      data: JSONObject([
        ("backend", .string(backend)), ("retryAfterMs", .number(String(retryAfterMilliseconds))),
      ]))
  }

  /// Too many calls are parked, or parking is off.
  package static var cannotWait: Self {
    Self(code: 1004, message: "cannot wait for input here")
  }

  /// A backend asks more of a client than may wait for it.
  package static var tooManyQuestions: Self {
    invalidRequest("too many requests wait for this client")
  }

  /// Its client has cancelled it, and waits for nothing: what has to be said so that its stream ends.
  package static var cancelled: Self {
    Self(code: -32603, message: "Internal error: the request was cancelled")
  }

  /// A retry that reached another replica, or came after the limit.
  package static var noLongerWaiting: Self {
    Self(code: 1005, message: "this call is no longer waiting")
  }

  package static func tooManyRequests(_ what: String, retryAfterMilliseconds: Int64) -> Self {
    Self(
      code: 1006, message: "too many requests: \(what)",
      data: JSONObject([("retryAfterMs", .number(String(retryAfterMilliseconds)))]))
  }

  /// The answers to a batch are held until the last is there, and this one does not fit.
  package static func tooLargeForBatch(limit: Int) -> Self {
    Self(
      code: -32603,
      message:
        "Internal error: the batch's answers are more than \(limit) bytes; send this request by itself"
    )
  }

  /// The store cannot be read or is locked, or the gateway is going down.
  package static func unavailable(_ what: String, since: Timestamp?) -> Self {
    var data = JSONObject()
    data["since"] = since.map { .string($0.iso) }
    return Self(code: 1007, message: what, data: data)
  }

  /// The backend speaks only versions of the other era.
  package static func otherEra(_ backend: String, speaks: ProtocolVersion.Era) -> Self {
    let hint = speaks == .modern ? "2026-07-28 or later" : "2025-11-25 or earlier"
    return Self(
      code: 1001,
      message: "backend unavailable: it speaks only \(hint), and this client does not",
      data: JSONObject([("backend", .string(backend))]))
  }
}
