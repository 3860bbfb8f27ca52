import NIOCore

/// One MCP message on its way through the parts of the gateway that are not the data path.
package struct MCPCall: Sendable {
  package let request: RequestID
  package let caller: Caller
  /// The backend of `/mcp/{backend}`; nil on the joint endpoint.
  package let scope: BackendID?
  package let era: ProtocolVersion.Era
  /// The version that is spoken with the client.
  package let version: ProtocolVersion
  package let session: SessionEntry?
  package let envelope: Envelope
  package let body: ByteBuffer

  /// The request's id as it was spelled; empty in a notification.
  package var id: [UInt8]? { bytes(envelope.id) }

  package func bytes(_ range: Range<Int>?) -> [UInt8]? {
    guard let range else { return nil }
    return body.withUnsafeReadableBytes { Array($0[range]) }
  }

  package func text(_ string: JSONString?) -> String? {
    guard let string else { return nil }
    return body.withUnsafeReadableBytes { JSONReader($0).text(string) }
  }

  package func value(_ range: Range<Int>?) -> JSONValue? {
    bytes(range).flatMap { try? JSONValue.parse($0) }
  }
}

/// What the gateway itself answers to an MCP message.
package struct MCPAnswer: Sendable {
  package var status: Int
  /// JSON, or empty.
  package var body: [UInt8]
  /// The session that begins with this answer.
  package var session: SessionEntry?
  /// When to come back, in seconds.
  package var retryAfter: Int?

  package init(status: Int = 200, body: [UInt8] = []) {
    self.status = status
    self.body = body
  }

  /// A result for a call, `members` being the inside of its object.
  package static func result(_ call: MCPCall, _ result: [UInt8]) -> MCPAnswer {
    var body: [UInt8] = Array(#"{"jsonrpc":"2.0","id":"#.utf8)
    body += call.id ?? Array("null".utf8)
    body += Array(#","result":"#.utf8)
    body += result
    body.append(UInt8(ascii: "}"))
    return MCPAnswer(body: body)
  }

  package static func result(_ call: MCPCall, _ value: JSONValue) -> MCPAnswer {
    result(call, value.bytes)
  }

  /// An error for a call: legacy clients get JSON-RPC errors with 200, unless they are to come back
  /// later, modern ones with the status that belongs to the error.
  package static func error(_ call: MCPCall, _ error: JSONRPCError) -> MCPAnswer {
    let hasOwnStatus = call.era == .modern || error.httpStatus == 429
    return MCPAnswer(
      status: hasOwnStatus ? error.httpStatus : 200,
      body: error.body(id: call.id, request: call.request))
  }
}
