import Testing

@testable import GatewayKit

@Suite("Responses in the words of the other era")
struct ResponseTranslationTests {
  private static func result(_ result: String) -> String {
    #"{"jsonrpc":"2.0","id":1,"result":\#(result)}"#
  }

  private static func failure(_ code: String) -> String {
    #"{"jsonrpc":"2.0","id":1,"error":{"code":\#(code),"message":"m","data":{"code":\#(code)}}}"#
  }

  // MARK: To a legacy client

  static let toLegacy: [(String, String)] = [
    ("{}", "{}"), (#"{"resultType":"complete"}"#, "{}"),
    (
      #"{"content":[],"resultType":"complete","isError":false}"#,
      #"{"content":[],"isError":false}"#
    ),
    (#"{"contents":[],"ttlMs":60000,"cacheScope":"public"}"#, #"{"contents":[]}"#),
    (#"{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}}"#, "{}"),
    (
      #"{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"},"x" : 1.0},"a":1}"#,
      #"{"a":1,"_meta":{"x" : 1.0}}"#
    ),
    (
      #"{"structuredContent":{"n":1.50e1,"m": 1E2}}"#,
      #"{"structuredContent":{"n":1.50e1,"m": 1E2}}"#
    ),
    (#"{"content":[],"structuredContent":[1]}"#, #"{"content":[]}"#),
    (#"{"content":[],"structuredContent":null}"#, #"{"content":[]}"#),
    (#"{"content":[],"structuredContent":"s"}"#, #"{"content":[]}"#),
    // The same names further in are the tool's own.
    (
      #"{"structuredContent":{"resultType":"x","ttlMs":1,"_meta":{}}}"#,
      #"{"structuredContent":{"resultType":"x","ttlMs":1,"_meta":{}}}"#
    ),
    ("{\"a\": {\n \"b\":\"\\u00e9\" } }", "{\"a\": {\n \"b\":\"\\u00e9\" }}"),
  ]

  @Test("A legacy client gets no result members of 2026-07-28", arguments: toLegacy)
  func legacyResults(_ result: String, _ expected: String) throws {
    #expect(
      try ScannedMessage(Self.result(result)).legacyResponse() == Self.result(expected))
  }

  @Test("A resource that is not found has the code of the client's era, other errors stay")
  func legacyErrors() throws {
    #expect(
      try ScannedMessage(Self.failure("-32602")).legacyResponse(.resourcesRead)
        == #"{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"m","data":{"code":-32602}}}"#
    )
    for (method, code) in [
      (Method.toolsCall, "-32602"), (.promptsGet, "-32602"), (.resourcesRead, "-32603"),
      (.resourcesRead, "-326020"),
    ] {
      let text = Self.failure(code)
      #expect(try ScannedMessage(text).legacyResponse(method) == text, "\(method.name) \(code)")
    }
  }

  // MARK: To a modern client

  static let toModern: [(Method, String, String)] = [
    (.toolsCall, "{}", #"{"resultType":"complete"}"#),
    (.toolsCall, #"{"n":1.0}"#, #"{"n":1.0,"resultType":"complete"}"#),
    (.toolsCall, #"{"resultType":"task","a":1}"#, #"{"resultType":"task","a":1}"#),
    (.promptsGet, #"{"_meta":{"x":1}}"#, #"{"_meta":{"x":1},"resultType":"complete"}"#),
    (
      .resourcesRead, #"{"contents":[]}"#,
      #"{"contents":[],"resultType":"complete","ttlMs":0,"cacheScope":"private"}"#
    ),
    (
      .resourcesRead, #"{"ttlMs":5,"cacheScope":"public"}"#,
      #"{"ttlMs":5,"cacheScope":"public","resultType":"complete"}"#
    ),
  ]

  @Test("A modern client gets what every result has to have", arguments: toModern)
  func modernResults(_ method: Method, _ result: String, _ expected: String) throws {
    #expect(
      try ScannedMessage(Self.result(result)).modernResponse(method) == Self.result(expected))
  }

  @Test("A result names its server, and keeps its other _meta")
  func namesServer() throws {
    for (result, expected) in [
      (
        "{}",
        #"{"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}}"#
      ),
      (
        #"{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"forged"},"x":1},"a":2}"#,
        #"{"a":2,"resultType":"complete","_meta":{"x":1,"io.modelcontextprotocol/serverInfo":{"name":"s"}}}"#
      ),
    ] {
      #expect(
        try ScannedMessage(Self.result(result)).modernResponse(serverInfo: #"{"name":"s"}"#)
          == Self.result(expected))
    }
  }

  @Test("The legacy code of a resource that is not found is the modern one for a modern client")
  func modernErrors() throws {
    #expect(
      try ScannedMessage(Self.failure("-32002")).modernResponse(.resourcesRead)
        == #"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"m","data":{"code":-32002}}}"#
    )
    let other = Self.failure("-32603")
    #expect(try ScannedMessage(other).modernResponse(.resourcesRead) == other)
  }

  // MARK: Both

  @Test(
    "The client's id is put back as it was spelled", arguments: ["1", #""1""#, "-0", #""\u0061""#])
  func restoresID(_ id: String) throws {
    let message = try ScannedMessage(#"{"result":{},"id":41,"jsonrpc":"2.0"}"#)
    #expect(message.legacyResponse(id: id) == #"{"result":{},"id":\#(id),"jsonrpc":"2.0"}"#)
    #expect(
      message.modernResponse(id: id)
        == #"{"result":{"resultType":"complete"},"id":\#(id),"jsonrpc":"2.0"}"#)
  }
}
