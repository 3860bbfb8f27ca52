import GatewayKit
import Testing

/// `x-mcp-header` in schemas, and `Mcp-Param-…` in calls (2026-07-28, Streamable HTTP).
@Suite("Tool parameters in headers")
struct ToolHeaderParametersTests {
  private func schema(_ properties: String) throws -> ToolHeaderParameters {
    try ToolHeaderParameters(
      schema: try JSONValue.parse(#"{"type":"object","properties":{\#(properties)}}"#.utf8))
  }

  // MARK: Schemas

  @Test(
    "Valid annotations are taken",
    arguments: [
      "", #""a":{"type":"string"}"#, #""a":{"type":"string","x-mcp-header":"Region"}"#,
      #""a":{"type":"integer","x-mcp-header":"N"},"b":{"type":"boolean","x-mcp-header":"B"}"#,
      #""a":{"type":"object","properties":{"b":{"type":"string","x-mcp-header":"B"}}}"#,
      #""a":{"type":["string","null"],"x-mcp-header":"A"}"#,
      #""x-mcp-header":{"type":"string"}"#, #""properties":{"type":"string","x-mcp-header":"P"}"#,
      #""a":{"default":{"x-mcp-header":1},"enum":[{"x-mcp-header":2}],"type":"object"}"#,
      ##""a":{"type":"string","x-mcp-header":"!#$%&'*+-.^_`|~09azAZ"}"##,
    ])
  func valid(_ properties: String) {
    #expect(throws: Never.self) { try schema(properties) }
  }

  @Test(
    "Invalid annotations make the tool invalid",
    arguments: [
      #""a":{"type":"string","x-mcp-header":""}"#, #""a":{"type":"string","x-mcp-header":"a b"}"#,
      #""a":{"type":"string","x-mcp-header":"a:"}"#,
      #""a":{"type":"string","x-mcp-header":"a\r\nX: y"}"#,
      #""a":{"type":"string","x-mcp-header":"é"}"#, #""a":{"type":"string","x-mcp-header":1}"#,
      #""a":{"type":"string","x-mcp-header":null}"#, #""a":{"type":"number","x-mcp-header":"A"}"#,
      #""a":{"type":"array","x-mcp-header":"A"}"#, #""a":{"type":"object","x-mcp-header":"A"}"#,
      #""a":{"x-mcp-header":"A"}"#, #""a":{"type":["string","integer"],"x-mcp-header":"A"}"#,
      #""a":{"type":["string",1],"x-mcp-header":"A"}"#, #""a":{"type":[],"x-mcp-header":"A"}"#,
      #""a":{"type":"string","x-mcp-header":"R"},"b":{"type":"string","x-mcp-header":"r"}"#,
      #""a":{"type":"array","items":{"type":"string","x-mcp-header":"A"}}"#,
      #""a":{"items":{"properties":{"b":{"type":"string","x-mcp-header":"A"}}}}"#,
      #""a":{"anyOf":[{"type":"string","x-mcp-header":"A"}]}"#,
      #""a":{"oneOf":[{"type":"string","x-mcp-header":"A"}]}"#,
      #""a":{"allOf":[{"properties":{"b":{"type":"string","x-mcp-header":"A"}}}]}"#,
      #""a":{"not":{"type":"string","x-mcp-header":"A"}}"#,
      #""a":{"if":{"type":"string","x-mcp-header":"A"}}"#,
      #""a":{"additionalProperties":{"type":"string","x-mcp-header":"A"}}"#,
    ])
  func invalid(_ properties: String) {
    #expect(throws: ToolHeaderParameters.Invalid.self) { try schema(properties) }
  }

  @Test("An annotation at the root, or where only $defs lead, is invalid")
  func unreachable() {
    for text in [
      #"{"type":"string","x-mcp-header":"A"}"#,
      #"{"$defs":{"a":{"type":"string","x-mcp-header":"A"}}}"#,
    ] {
      #expect(throws: ToolHeaderParameters.Invalid.self) {
        try ToolHeaderParameters(schema: try JSONValue.parse(text.utf8))
      }
    }
  }

  // MARK: Calls

  private static let annotated =
    #""region":{"type":"string","x-mcp-header":"Region"},"#
    + #""deep":{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"}}},"#
    + #""on":{"type":"boolean","x-mcp-header":"On"}"#

  private func mismatch(_ arguments: String?, _ headers: [(String, String)]) throws -> String? {
    let parameters = try schema(Self.annotated)
    func check(_ raw: UnsafeRawBufferPointer?) -> JSONRPCError? {
      parameters.mismatch(arguments: raw) { field in
        for (name, value) in headers {
          Array(name.utf8).withUnsafeBytes { name in
            Array(value.utf8).withUnsafeBytes { field(name, $0) }
          }
        }
      }
    }
    let error = arguments.map { Array($0.utf8).withUnsafeBytes { check($0) } } ?? check(nil)
    if let error { #expect(error.code == -32020) }
    return error?.message
  }

  @Test("Headers that say what the arguments say pass")
  func agreement() throws {
    let cases: [(String?, [(String, String)])] = [
      (nil, []), ("{}", []), (#"{"region":null,"deep":{"n":null},"on":null}"#, []),
      (#"{"region":"eu"}"#, [("Mcp-Param-Region", "eu")]),
      (#"{"region":"eu"}"#, [("MCP-PARAM-REGION", "=?base64?ZXU=?=")]),
      (#"{"region":"\u0065u"}"#, [("mcp-param-region", "eu")]),
      (#"{"region":""}"#, [("mcp-param-region", "")]),
      (#"{"region":"é"}"#, [("mcp-param-region", "=?base64?w6k=?=")]),
      (#"{"deep":{"n":42}}"#, [("mcp-param-n", "42")]),
      (#"{"deep":{"n":42}}"#, [("mcp-param-n", "42.0")]),
      (#"{"deep":{"n":4.2e1}}"#, [("mcp-param-n", "42")]),
      (#"{"deep":{"n":-0}}"#, [("mcp-param-n", "0")]),
      (#"{"deep":{"n":-9007199254740991}}"#, [("mcp-param-n", "-9007199254740991")]),
      (#"{"on":true}"#, [("mcp-param-on", "true")]),
      ("{}", [("mcp-param-other", "anything"), ("x-region", "y"), ("mcp-param-", "z")]),
      (#"{"deep":[1],"on":false}"#, [("mcp-param-on", "false")]),
    ]
    for (arguments, headers) in cases {
      #expect(try mismatch(arguments, headers) == nil, "\(arguments ?? "none") \(headers)")
    }
  }

  @Test("Headers that are missing, superfluous, malformed, repeated or unlike are -32020")
  func disagreement() throws {
    let cases: [(String?, [(String, String)], String)] = [
      (#"{"region":"eu"}"#, [], "Mcp-Param-Region is missing"),
      (nil, [("mcp-param-region", "eu")], "is there and its argument is not"),
      ("{}", [("mcp-param-region", "eu")], "is there and its argument is not"),
      (#"{"region":null}"#, [("mcp-param-region", "null")], "is there and its argument is not"),
      (#"{"region":"eu"}"#, [("mcp-param-region", "us")], "is unlike its argument"),
      (#"{"region":"eu"}"#, [("mcp-param-region", "EU")], "is unlike its argument"),
      (#"{"region":"eu"}"#, [("mcp-param-region", "=?base64?ZXU?=")], "is not encoded"),
      (#"{"region":"é"}"#, [("mcp-param-region", "é")], "is not encoded"),
      (
        #"{"region":"eu"}"#, [("mcp-param-region", "eu"), ("Mcp-Param-Region", "eu")],
        "comes twice"
      ),
      (
        #"{"region":"eu","region":"us"}"#, [("mcp-param-region", "eu")],
        "is for an argument that comes twice"
      ),
      (#"{"deep":{"n":1},"deep":{}}"#, [("mcp-param-n", "1")], "comes twice"),
      (#"{"deep":{"n":42}}"#, [("mcp-param-n", "43")], "is unlike its argument"),
      (#"{"deep":{"n":42}}"#, [("mcp-param-n", "0x2a")], "is unlike its argument"),
      (#"{"deep":{"n":42}}"#, [("mcp-param-n", "+42")], "is unlike its argument"),
      (#"{"deep":{"n":42.5}}"#, [("mcp-param-n", "42.50")], "is unlike its argument"),
      (
        #"{"deep":{"n":9007199254740993}}"#, [("mcp-param-n", "9007199254740992")],
        "is unlike its argument"
      ),
      (#"{"on":true}"#, [("mcp-param-on", "True")], "is unlike its argument"),
      (#"{"on":true}"#, [("mcp-param-on", "1")], "is unlike its argument"),
      (#"{"region":["eu"]}"#, [("mcp-param-region", "eu")], "is unlike its argument"),
    ]
    for (arguments, headers, what) in cases {
      let message = try mismatch(arguments, headers)
      #expect(
        message?.contains(what) == true, "\(arguments ?? "none") \(headers): \(message ?? "")")
    }
  }

  @Test("A tool without annotations has nothing to say of any header")
  func none() {
    let error = ToolHeaderParameters.none.mismatch(arguments: nil) { _ in
      Issue.record("the headers are not looked at")
    }
    #expect(error == nil)
  }

  // MARK: Writing a call

  private func lines(_ arguments: String?) throws -> String {
    String(
      decoding: try schema(Self.annotated).headerLines(arguments: arguments.map { Array($0.utf8) }),
      as: UTF8.self)
  }

  @Test("A call's headers are written from its arguments, none for what is absent or null")
  func writes() throws {
    let cases: [(String?, String)] = [
      (nil, ""), ("{}", ""), ("[]", ""), ("x", ""),
      (#"{"region":null,"deep":{"n":null}}"#, ""), (#"{"deep":[{"n":1}],"region":{}}"#, ""),
      (#"{"region":"eu","other":"x"}"#, "mcp-param-Region: eu\r\n"),
      (#"{"on":false,"deep":{"n":-7}}"#, "mcp-param-N: -7\r\nmcp-param-On: false\r\n"),
      (#"{"deep":{"n":4.2e1}}"#, "mcp-param-N: 4.2e1\r\n"),
      (#"{"region":"é"}"#, "mcp-param-Region: =?base64?w6k=?=\r\n"),
      (#"{"region":"a\r\nX: y"}"#, "mcp-param-Region: =?base64?YQ0KWDogeQ==?=\r\n"),
      (#"{"region":" eu"}"#, "mcp-param-Region: =?base64?IGV1?=\r\n"),
      (#"{"region":""}"#, "mcp-param-Region: \r\n"),
    ]
    for (arguments, expected) in cases {
      #expect(try lines(arguments) == expected, "\(arguments ?? "none")")
    }
  }

  @Test("What is written agrees with the arguments that it was written from")
  func writtenAgrees() throws {
    for arguments in [
      #"{"region":"\u0065u","deep":{"n":42.0},"on":true}"#, #"{"region":"=?base64?ZXU=?="}"#,
      #"{"region":"\ud83d\ude00 \t"}"#, #"{"region":""}"#,
    ] {
      let headers = try lines(arguments).split(separator: "\r\n").map { line in
        (String(line.prefix { $0 != ":" }), String(line.drop { $0 != ":" }.dropFirst(2)))
      }
      #expect(try mismatch(arguments, headers) == nil, "\(arguments)")
    }
  }
}
