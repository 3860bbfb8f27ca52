import Testing

@testable import GatewayKit

@Suite("Results that ask for input")
struct InputRequiredTests {
  private func parse(_ result: String) throws -> InputRequired? {
    let bytes = Array(result.utf8)
    return try bytes.withUnsafeBytes { try InputRequired(result: 0..<$0.count, of: $0) }
  }

  @Test("What is asked is read in its order, and the state as it is spelled")
  func parses() throws {
    let input = try #require(
      try parse(
        #"{"resultType":"input_required","inputRequests":{"b":{"method":"elicitation/create","params":{"message":"?"}},"a":{"method":"roots/list"},"c":{"method":"sampling/createMessage","params":{}}},"requestState":"\u0061 b"}"#
      ))
    #expect(input.requests.map(\.key) == ["b", "a", "c"])
    #expect(
      input.requests.map(\.method) == [.elicitationCreate, .rootsList, .samplingCreateMessage])
    #expect(input.requests[0].params?["message"] == "?" && input.requests[1].params == nil)
    #expect(input.requestState == Array(#""\u0061 b""#.utf8))
  }

  @Test("A state alone is a result to come again with")
  func stateAlone() throws {
    let input = try #require(try parse(#"{"resultType":"input_required","requestState":"s"}"#))
    #expect(input.requests.isEmpty && input.requestState == Array(#""s""#.utf8))
  }

  @Test(
    "Any other result asks nothing",
    arguments: [
      "{}", "[]", "null", #"{"resultType":"complete","inputRequests":{"a":1}}"#,
      #"{"resultType":"INPUT_REQUIRED"}"#, #"{"inputRequests":{"a":{"method":"roots/list"}}}"#,
    ])
  func others(_ result: String) throws {
    #expect(try parse(result) == nil)
  }

  @Test(
    "What nobody can answer is told",
    arguments: [
      "", #","inputRequests":{}"#, #","inputRequests":[]"#, #","inputRequests":null"#,
      #","inputRequests":{"a":{}}"#, #","inputRequests":{"a":null}"#,
      #","inputRequests":{"a":{"method":"tools/call"}}"#,
      #","inputRequests":{"a":{"method":"ping"}},"requestState":"s""#,
      #","inputRequests":{"a":{"method":1}}"#,
    ])
  func refuses(_ rest: String) {
    #expect(throws: InputRequired.Invalid.self) {
      try parse(#"{"resultType":"input_required"\#(rest)}"#)
    }
  }

  @Test("Not more is asked at once than the limit")
  func limits() throws {
    func asking(_ count: Int) -> String {
      let requests = (0..<count).map { #""\#($0)":{"method":"roots/list"}"# }
      return
        #"{"resultType":"input_required","inputRequests":{\#(requests.joined(separator: ","))}}"#
    }
    #expect(try parse(asking(InputRequired.limit))?.requests.count == InputRequired.limit)
    #expect(throws: InputRequired.Invalid.self) { try parse(asking(InputRequired.limit + 1)) }
  }

  @Test("A modern client gets it as a response to its own request")
  func responses() {
    let asked = InputRequired(
      requests: [
        .init(key: "k\"", method: .elicitationCreate, params: JSONObject([("message", "?")])),
        .init(key: "r", method: .rootsList, params: nil),
      ], requestState: Array(#""s""#.utf8))
    #expect(
      String(decoding: asked.response(id: Array(#""1""#.utf8), serverInfo: nil), as: UTF8.self)
        == #"{"jsonrpc":"2.0","id":"1","result":{"resultType":"input_required","inputRequests":{"k\"":{"method":"elicitation/create","params":{"message":"?"}},"r":{"method":"roots/list"}},"requestState":"s"}}"#
    )
    let bare = InputRequired(requests: [], requestState: Array(#""s""#.utf8))
    #expect(
      String(
        decoding: bare.response(id: Array("1".utf8), serverInfo: Array(#"{"name":"n"}"#.utf8)),
        as: UTF8.self)
        == #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"input_required","requestState":"s","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"n"}}}}"#
    )
  }

  @Test("A retry has the answers by their keys, and the state byte for byte")
  func retries() {
    func texts(_ members: [[UInt8]]) -> [String] {
      members.map { String(decoding: $0, as: UTF8.self) }
    }
    let (accept, roots) = (Array(#"{"action":"accept"}"#.utf8), Array(#"{"roots": []}"#.utf8))
    #expect(
      texts(
        InputRequired.retry(
          [("a\"", accept), ("b", roots)], requestState: Array(#""\u0061""#.utf8)))
        == [
          #""inputResponses":{"a\"":{"action":"accept"},"b":{"roots": []}}"#,
          #""requestState":"\u0061""#,
        ])
    #expect(
      texts(InputRequired.retry([], requestState: Array(#""s""#.utf8)))
        == [#""requestState":"s""#])
    #expect(texts(InputRequired.retry([("b", roots)], requestState: nil)).count == 1)
  }

  @Test("Each question is answered once, and the last answer ends the round")
  func rounds() {
    var round = InputRound(
      InputRequired(
        requests: [
          .init(key: "a", method: .rootsList, params: nil),
          .init(key: "b", method: .rootsList, params: nil),
        ], requestState: Array(#""s""#.utf8)))
    let taken = [("1", "a"), ("2", "a"), ("2", "c"), ("3", "b")].map { answer, key in
      round.take(Array(answer.utf8), for: key)
    }
    #expect(taken == [false, false, false, true])
    #expect(
      round.members.map { String(decoding: $0, as: UTF8.self) }
        == [#""inputResponses":{"a":1,"b":3}"#, #""requestState":"s""#])
  }
}
