import GatewayKit
import Testing

/// The order of refusals at 2026-07-28.
@Suite("Modern requests")
struct ModernRequestTests {
  private struct Headers {
    var version: String? = "2026-07-28"
    var method: String?
    var name: String?
  }

  private static let version = #""io.modelcontextprotocol/protocolVersion":"2026-07-28""#
  private static let capabilities = #""io.modelcontextprotocol/clientCapabilities":{}"#
  private static let meta = #""_meta":{\#(version),\#(capabilities)}"#

  private func refusal(
    _ method: String, _ params: String, _ headers: Headers, id: String? = "1"
  ) throws -> (status: Int, code: Int, error: JSONRPCError)? {
    let id = id.map { #""id":\#($0),"# } ?? ""
    let body = Array(#"{"jsonrpc":"2.0",\#(id)"method":"\#(method)","params":{\#(params)}}"#.utf8)
    return try body.withUnsafeBytes { raw in
      let envelope = try EnvelopeScanner.scan(raw)
      return with(headers.version) { version in
        with(headers.method) { method in
          with(headers.name) { name in
            ModernRequest.refusal(
              envelope: envelope, body: raw,
              headers: .init(protocolVersion: version, method: method, name: name))
          }
        }
      }.map { ($0.httpStatus, $0.error.code, $0.error) }
    }
  }

  private func with<Result>(
    _ text: String?, _ use: (UnsafeRawBufferPointer?) -> Result
  ) -> Result {
    guard let text else { return use(nil) }
    return Array(text.utf8).withUnsafeBytes { use($0) }
  }

  @Test("Requests whose headers say what their bodies say are served")
  func served() throws {
    let cases: [(String, String, String?)] = [
      ("tools/list", "", nil), ("server/discover", "", nil), ("tools/call", #""name":"a","#, "a"),
      ("prompts/get", #""name":"p","#, "p"), ("resources/read", #""uri":"a://b","#, "a://b"),
      ("tools/call", #""name":"é","#, "=?base64?w6k=?="), ("tools\\/call", #""name":"a","#, "a"),
      ("tools/call", #""n\u0061me":"\u0061","#, "a"), ("tools/list", "", "ignored"),
      ("completion/complete", #""ref":{"name":"p"},"#, nil),
    ]
    for (method, params, name) in cases {
      let said = method.replacing("\\/", with: "/")
      let refusal = try refusal(method, params + Self.meta, Headers(method: said, name: name))
      #expect(refusal == nil, "\(method) \(params)")
    }
  }

  @Test("Missing required members of _meta are -32602, whatever the headers say")
  func missingMembers() throws {
    for headers in [Headers(), Headers(version: nil), Headers(version: "1999-01-01")] {
      for params in [
        "", #""_meta":{}"#, #""_meta":{\#(Self.version)}"#, #""_meta":{\#(Self.capabilities)}"#,
      ] {
        let refusal = try refusal("tools/list", params, headers)
        #expect(refusal?.code == -32602)
        #expect(refusal?.status == 400)
      }
    }
  }

  @Test("Headers that are missing or unlike the body are -32020")
  func mismatches() throws {
    let call = #""name":"a","# + Self.meta
    for (headers, what) in [
      (Headers(version: nil, method: "tools/call", name: "a"), "MCP-Protocol-Version"),
      (Headers(version: "2025-11-25", method: "tools/call", name: "a"), "MCP-Protocol-Version"),
      (
        Headers(version: "=?base64?MjAyNi0wNy0yOA==?=", method: "tools/call", name: "a"),
        "MCP-Protocol-Version"
      ),
      (Headers(method: nil, name: "a"), "Mcp-Method"),
      (Headers(method: "tools/list", name: "a"), "Mcp-Method"),
      (Headers(method: "Tools/Call", name: "a"), "Mcp-Method"),
      (Headers(method: "tools/call", name: nil), "Mcp-Name"),
      (Headers(method: "tools/call", name: "A"), "Mcp-Name"),
      (Headers(method: "tools/call", name: "=?base64?@?="), "Mcp-Name"),
      (Headers(method: "tools/call", name: ""), "Mcp-Name"),
    ] {
      let refusal = try refusal("tools/call", call, headers)
      #expect(refusal?.code == -32020, "\(headers)")
      #expect(refusal?.status == 400)
      #expect(refusal?.error.message.hasPrefix("Header mismatch: \(what) ") == true)
    }
  }

  @Test("A version that is not spoken is -32022 with what is spoken and what was asked")
  func unknownVersions() throws {
    for version in ["1900-01-01", "2027-01-01", "2025-11-25", "", "2026-07-28 "] {
      let meta =
        #""_meta":{"io.modelcontextprotocol/protocolVersion":"\#(version)",\#(Self.capabilities)}"#
      let refusal = try refusal("tools/list", meta, Headers(version: version))
      #expect(refusal?.code == -32022)
      #expect(refusal?.status == 400)
      #expect(refusal?.error.data?["requested"]?.stringValue == version)
      #expect(refusal?.error.data?["supported"]?.arrayValue?.first == "2026-07-28")
    }
  }

  @Test("A header unlike the body comes before a version that is not spoken")
  func order() throws {
    let meta =
      #""_meta":{"io.modelcontextprotocol/protocolVersion":"1900-01-01",\#(Self.capabilities)}"#
    #expect(try refusal("tools/list", meta, Headers())?.code == -32020)
    #expect(try refusal("tools/list", meta, Headers(version: nil))?.code == -32020)
  }

  @Test("A call without its name is left to the method's own check")
  func missingName() throws {
    #expect(try refusal("tools/call", Self.meta, Headers(method: "tools/call")) == nil)
  }

  @Test("A notification needs no mirroring headers, but its version must be one")
  func notifications() throws {
    let method = "notifications/cancelled"
    #expect(try refusal(method, "", Headers(), id: nil) == nil)
    #expect(try refusal(method, Self.meta, Headers(), id: nil) == nil)
    #expect(try refusal(method, "", Headers(version: "1900-01-01"), id: nil)?.code == -32022)
    #expect(try refusal(method, Self.meta, Headers(version: "2025-11-25"), id: nil)?.code == -32020)
  }

  @Test("A posted response is refused")
  func responses() throws {
    let body = Array(#"{"jsonrpc":"2.0","id":1,"result":{}}"#.utf8)
    let refusal = try body.withUnsafeBytes { raw in
      ModernRequest.refusal(
        envelope: try EnvelopeScanner.scan(raw), body: raw,
        headers: .init(protocolVersion: nil, method: nil, name: nil))
    }
    #expect(refusal?.httpStatus == 400)
    #expect(refusal?.error.code == -32600)
  }

  @Test("A refusal carries the request's id as it was spelled")
  func ids() throws {
    let error = try #require(try refusal("tools/list", "", Headers())?.error)
    #expect(
      String(decoding: error.body(id: Array(#""a\u0031""#.utf8), request: nil), as: UTF8.self)
        .hasPrefix(
          #"{"jsonrpc":"2.0","id":"a\u0031","error":{"code":-32602,"#))
    #expect(try JSONValue.parse(error.body(id: nil, request: nil))["id"] == .null)
  }
}
