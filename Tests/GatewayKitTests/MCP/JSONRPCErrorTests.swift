import GatewayKit
import Testing

@Suite("JSON-RPC errors")
struct JSONRPCErrorTests {
  @Test("An error's response is one JSON object with its id, code, message and data")
  func body() throws {
    let error = JSONRPCError(code: 7, message: "a \"b\"\n", data: JSONObject([("c", .number("1"))]))
    let body = String(
      decoding: error.body(id: Array("-5".utf8), request: RequestID(0x0123_4567_89AB_CDEF)),
      as: UTF8.self)
    #expect(
      body
        == #"{"jsonrpc":"2.0","id":-5,"error":{"code":7,"message":"a \"b\"\n","data":{"c":1,"requestId":"0123456789ab"}}}"#
    )
    #expect(
      String(
        decoding: JSONRPCError(code: 1, message: "").body(id: nil, request: nil), as: UTF8.self)
        == #"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}"#)
  }

  @Test("What the gateway itself says has its code, status and data")
  func table() {
    let since = Timestamp(microseconds: 0)
    let rows: [(JSONRPCError, Int, Int, [String])] = [
      (.backendUnavailable("b", since: since), 1001, 502, ["backend", "since"]),
      (.backendUnavailable("b", since: nil), 1001, 502, ["backend"]),
      (.backendTimedOut("b", seconds: 60), 1002, 504, ["backend", "seconds"]),
      (.backendPaused("b", retryAfterMilliseconds: 5), 1003, 503, ["backend", "retryAfterMs"]),
      (.cannotWait, 1004, 503, []), (.noLongerWaiting, 1005, 410, []),
      (.tooManyRequests("why", retryAfterMilliseconds: 5), 1006, 429, ["retryAfterMs"]),
      (.unavailable("the store is locked", since: since), 1007, 503, ["since"]),
      (.unavailable("going down", since: nil), 1007, 503, []),
      (.headerMismatch("x"), -32020, 400, []),
      (.missingCapability(JSONObject([("sampling", [:])])), -32021, 400, ["requiredCapabilities"]),
      (.unsupportedVersion("x"), -32022, 400, ["supported", "requested"]),
      (.methodNotFound("x"), -32601, 404, []), (.invalidRequest("x"), -32600, 400, []),
      (.invalidParams("x"), -32602, 200, []), (.unknownTool("x"), -32602, 200, []),
      (.unknownPrompt("x"), -32602, 200, []),
      (.unknownResource("u", era: .modern), -32602, 200, ["uri"]),
      (.unknownResource("u", era: .legacy), -32002, 200, ["uri"]),
    ]
    for (error, code, status, members) in rows {
      #expect(error.code == code)
      #expect(error.httpStatus == status)
      #expect(error.data?.members.map(\.key) ?? [] == members, "\(error)")
      #expect(!error.message.isEmpty)
    }
    #expect(JSONRPCError.unknownTool("x").message == "Unknown tool: x")
  }

  @Test("The gateway's own codes lie outside those of JSON-RPC and the specification")
  func codes() {
    for error: JSONRPCError in [
      .cannotWait, .noLongerWaiting, .backendUnavailable("b", since: nil),
    ] {
      #expect(!(-32768 ... -32000).contains(error.code))
    }
  }
}
