/// The refusals of 2026-07-28, in the order that the specification and its clients depend on.
///
/// Source: 2026-07-28, Overview, General fields, `_meta`; Streamable HTTP, Request Metadata and
/// Server Validation; `mcp-eras` order: required members, headers unlike the body, version.
package enum ModernRequest {
  /// The mirroring headers' values as they lie in the request's head.
  package struct Headers {
    package let protocolVersion: UnsafeRawBufferPointer?
    package let method: UnsafeRawBufferPointer?
    package let name: UnsafeRawBufferPointer?

    package init(
      protocolVersion: UnsafeRawBufferPointer?, method: UnsafeRawBufferPointer?,
      name: UnsafeRawBufferPointer?
    ) {
      self.protocolVersion = protocolVersion
      self.method = method
      self.name = name
    }
  }

  /// A refusal, with the HTTP status that goes with it.
  package struct Refusal: Sendable {
    package let httpStatus: Int
    package let error: JSONRPCError

    package func body(id: [UInt8]?, request: RequestID?) -> [UInt8] {
      error.body(id: id, request: request)
    }
  }

  /// Why a message with a modern header or body is refused; nil when it may be served.
  package static func refusal(
    envelope: Envelope, body: UnsafeRawBufferPointer, headers: Headers
  ) -> Refusal? {
    let error = firstError(envelope, body, headers)
    return error.map { Refusal(httpStatus: $0.code == -32601 ? 404 : 400, error: $0) }
  }

  private static func firstError(
    _ envelope: Envelope, _ body: UnsafeRawBufferPointer, _ headers: Headers
  ) -> JSONRPCError? {
    switch envelope.kind {
    case .response:
      return .invalidRequest("a modern client sends no responses")
    case .notification:
      // Header requirements for notifications are not defined; the version still is one.
      guard let header = headers.protocolVersion else { return nil }
      if let version = envelope.protocolVersion, !isSame(header, version, body) {
        return .headerMismatch("MCP-Protocol-Version is unlike the body's protocolVersion")
      }
      return unsupported(header)
    case .request:
      break
    }
    guard envelope.meta != nil else { return .invalidParams("params._meta is missing") }
    guard let version = envelope.protocolVersion else {
      return .invalidParams("params._meta lacks io.modelcontextprotocol/protocolVersion")
    }
    guard envelope.clientCapabilities != nil else {
      return .invalidParams("params._meta lacks io.modelcontextprotocol/clientCapabilities")
    }
    return mismatch(envelope, version, body, headers)
      ?? headers.protocolVersion.flatMap(unsupported)
  }

  private static func mismatch(
    _ envelope: Envelope, _ version: JSONString, _ body: UnsafeRawBufferPointer,
    _ headers: Headers
  ) -> JSONRPCError? {
    guard let header = headers.protocolVersion else {
      return .headerMismatch("MCP-Protocol-Version is missing")
    }
    guard isSame(header, version, body) else {
      return .headerMismatch("MCP-Protocol-Version is unlike the body's protocolVersion")
    }
    // A version that is not spoken is told so before its headers are judged by ours.
    if unsupported(header) != nil { return nil }
    guard let method = headers.method else { return .headerMismatch("Mcp-Method is missing") }
    guard let said = envelope.methodName, isSame(method, said, body) else {
      return .headerMismatch("Mcp-Method is unlike the body's method")
    }
    // Without the operand itself the method's own parameters are what is wrong.
    guard let operand = envelope.mirroredOperand else { return nil }
    guard let name = headers.name else { return .headerMismatch("Mcp-Name is missing") }
    guard MCPHeaderValue.equals(name, operand, in: body) else {
      return .headerMismatch("Mcp-Name is unlike the body's name or uri")
    }
    return nil
  }

  /// Whether a header that has no encoding of its own says the same as a string of the body.
  private static func isSame(
    _ header: UnsafeRawBufferPointer, _ string: JSONString, _ body: UnsafeRawBufferPointer
  ) -> Bool {
    string.hasEscapes
      ? header.isSame(as: JSONReader(body).utf8(string))
      : header.isSame(as: body[string.range])
  }

  private static func unsupported(_ version: UnsafeRawBufferPointer) -> JSONRPCError? {
    ProtocolVersion.named(version)?.era == .modern
      ? nil : .unsupportedVersion(String(decoding: version, as: UTF8.self))
  }
}
