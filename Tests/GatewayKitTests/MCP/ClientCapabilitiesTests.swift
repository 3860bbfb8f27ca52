import Testing

@testable import GatewayKit

@Suite("What a client says that it can be asked")
struct ClientCapabilitiesTests {
  static let cases: [(String, Method, String, String?)] = [
    ("{}", .elicitationCreate, "{}", #"{"elicitation":{}}"#),
    ("{}", .elicitationCreate, #"{"mode":"url"}"#, #"{"elicitation":{"url":{}}}"#),
    (#"{"elicitation":{}}"#, .elicitationCreate, "{}", nil),
    (#"{"elicitation":{}}"#, .elicitationCreate, #"{"mode":"form"}"#, nil),
    (
      #"{"elicitation":{}}"#, .elicitationCreate, #"{"mode":"url"}"#, #"{"elicitation":{"url":{}}}"#
    ),
    (#"{"elicitation":{"form":{}}}"#, .elicitationCreate, "{}", nil),
    (
      #"{"elicitation":{"form":{}}}"#, .elicitationCreate, #"{"mode":"url"}"#,
      #"{"elicitation":{"url":{}}}"#
    ),
    (#"{"elicitation":{"url":{}}}"#, .elicitationCreate, "{}", #"{"elicitation":{"form":{}}}"#),
    (#"{"elicitation":{"url":{}}}"#, .elicitationCreate, #"{"mode":"url"}"#, nil),
    (#"{"elicitation":true}"#, .elicitationCreate, "{}", #"{"elicitation":{}}"#),
    (#"{"sampling":{}}"#, .samplingCreateMessage, "{}", nil),
    (#"{"roots":{}}"#, .samplingCreateMessage, "{}", #"{"sampling":{}}"#),
    (#"{"roots":{"listChanged":true}}"#, .rootsList, "{}", nil),
    ("null", .rootsList, "{}", #"{"roots":{}}"#),
    (#"{"roots":{},"sampling":{},"elicitation":{}}"#, .toolsCall, "{}", "{}"),
  ]

  @Test("What it lacks for a request is said as it would declare it", arguments: cases)
  func lacks(_ text: String, _ method: Method, _ params: String, _ expected: String?) throws {
    let capabilities = ClientCapabilities(try JSONValue.parse(text.utf8))
    let missing = capabilities.lacks(method, try JSONValue.parse(params.utf8).objectValue)
    #expect(missing.map { JSONValue.object($0).text } == expected)
  }

  @Test("Whether it can be asked anything at all")
  func offers() {
    for (value, expected) in [
      (["roots": [:]], true), (["sampling": [:]], true), (["elicitation": [:]], true),
      ([:], false), (nil, false), (["roots": nil], false), (["experimental": [:]], false),
    ] as [(JSONValue, Bool)] {
      #expect(ClientCapabilities(value).offersInput == expected, "\(value.text)")
    }
  }

  @Test("A modern backend does not hear of a legacy client's tasks and extensions")
  func forModern() {
    let value: JSONValue = [
      "tasks": [:], "roots": ["listChanged": true], "extensions": ["a/b": [:]],
    ]
    #expect(ClientCapabilities(value).forModernBackends == ["roots": ["listChanged": true]])
    #expect(ClientCapabilities(nil).forModernBackends == [:])
  }
}
