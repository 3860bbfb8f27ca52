import Testing

@testable import GatewayKit

@Suite("Requests in the words of the other era")
struct RequestTranslationTests {
  private func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  // MARK: To a modern backend

  static let toModern: [(String, String)] = [
    (
      #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#,
      #"{"params":{"_meta":{"v":"m","c":{}}},"jsonrpc":"2.0","id":1,"method":"tools/list"}"#
    ),
    (
      #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"v":"m","c":{}}}}"#
    ),
    (
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\": {\n }}",
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\": {\"_meta\":{\"v\":\"m\",\"c\":{}}\n }}"
    ),
    (
      #"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"t","arguments":{"n":1.0}}}"#,
      #"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"_meta":{"v":"m","c":{}},"name":"t","arguments":{"n":1.0}}}"#
    ),
    (
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":{}}}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":{"v":"m","c":{}}}}"#
    ),
    (
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":"p","example.org/x" : [1,  2.50]},"name":"t"}}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":"p","example.org/x" : [1,  2.50],"v":"m","c":{}},"name":"t"}}"#
    ),
    // A legacy client cannot speak for the gateway's own hop.
    (
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":{"io.modelcontextprotocol/logLevel":"debug","a":1}}}"#,
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":{"a":1,"v":"m","c":{}}}}"#
    ),
  ]

  @Test("A modern backend gets what it wants in _meta, and all else as it was", arguments: toModern)
  func addsMeta(_ text: String, _ expected: String) throws {
    var translation = RequestTranslation()
    translation.meta = bytes(#""v":"m""#, #""c":{}"#)
    #expect(try ScannedMessage(text).request(translation) == expected)
  }

  // MARK: To a legacy backend

  @Test("A legacy backend gets no reserved members, another id and another progress token")
  func dropsReserved() throws {
    let text =
      #"{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"t","arguments":{"id":"x","progressToken":"p"},"_meta":{"progressToken":"p","io.modelcontextprotocol/protocolVersion":"2026-07-28","traceparent":"00-a","io.modelcontextprotocol/clientInfo":{"name":"c"},"io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/logLevel":"info","io.modelcontextprotocol/other":1}}}"#
    var translation = RequestTranslation()
    translation.id = Array("7".utf8)
    translation.progressToken = Array("7".utf8)
    #expect(
      try ScannedMessage(text).request(translation)
        == #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"t","arguments":{"id":"x","progressToken":"p"},"_meta":{"traceparent":"00-a","io.modelcontextprotocol/other":1,"progressToken":7}}}"#
    )
  }

  @Test("A reserved member whose key is written with escapes is dropped too")
  func dropsEscaped() throws {
    let text =
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":{"io.modelcontextprotocol\/logLevel":"info","a":1}}}"#
    #expect(
      try ScannedMessage(text).request(RequestTranslation())
        == #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":{"a":1}}}"#
    )
  }

  @Test("No progress token is made up where the client wants no progress")
  func makesNoToken() throws {
    let text =
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":{"a":1}}}"#
    var translation = RequestTranslation()
    translation.progressToken = Array("7".utf8)
    #expect(try ScannedMessage(text).request(translation) == text)
  }

  // MARK: Names

  @Test("The name is exchanged where it lies, and nothing else of that text")
  func renames() throws {
    let message = try ScannedMessage(
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{"name":"b__t"},"name":"b__t"}}"#
    )
    var translation = RequestTranslation()
    translation.name = (try #require(message.nameRange), Array("t".utf8))
    #expect(
      message.request(translation)
        == #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{"name":"b__t"},"name":"t"}}"#
    )
  }

  @Test("Within an era nothing changes but the name")
  func withinEra() throws {
    let message = try ScannedMessage(
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"b__t", "_meta":{"io.modelcontextprotocol/logLevel":"info","progressToken":1},"requestState":"s","inputResponses":{}}}"#
    )
    var translation = RequestTranslation()
    translation.isWithinEra = true
    translation.id = Array("9".utf8)
    translation.progressToken = Array("9".utf8)
    translation.meta = bytes(#""v":"m""#)
    translation.params = bytes(#""requestState":"other""#)
    #expect(message.request(translation) == String(decoding: message.bytes, as: UTF8.self))
    translation.name = (try #require(message.nameRange), Array("t".utf8))
    #expect(
      message.request(translation)
        == String(decoding: message.bytes, as: UTF8.self).replacing("b__t", with: "t"))
  }

  // MARK: Retries

  @Test("A retry has the answers in place of what the client had of that kind")
  func retries() throws {
    let message = try ScannedMessage(
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"requestState":"old","name":"b__t","arguments":{"n": 1.0},"inputResponses":{"a":1},"_meta":{"progressToken":"p","x":1}}}"#
    )
    var translation = RequestTranslation()
    translation.id = Array(#""retry-1""#.utf8)
    translation.name = (try #require(message.nameRange), Array("t".utf8))
    translation.meta = bytes(#""v":"m""#)
    translation.params = bytes(#""inputResponses":{"k":{}}"#, #""requestState":"new""#)
    #expect(
      message.request(translation)
        == #"{"jsonrpc":"2.0","id":"retry-1","method":"tools/call","params":{"arguments":{"n": 1.0},"inputResponses":{"k":{}},"requestState":"new","_meta":{"progressToken":"p","x":1,"v":"m"},"name":"t"}}"#
    )
  }

  @Test("A retry without a state has none, though the request before had one")
  func leavesOutState() throws {
    let message = try ScannedMessage(
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","requestState":"old"}}"#)
    var translation = RequestTranslation()
    translation.params = bytes(#""inputResponses":{"k":{}}"#)
    translation.meta = bytes(#""v":"m""#)
    #expect(
      message.request(translation)
        == #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","inputResponses":{"k":{}},"_meta":{"v":"m"}}}"#
    )
  }

  @Test("A legacy backend never sees a client's state or answers")
  func dropsRetry() throws {
    let message = try ScannedMessage(
      #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","requestState":"s","inputResponses":{"a":{}},"other":2}}"#
    )
    #expect(
      message.request(RequestTranslation())
        == #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","other":2}}"#)
  }
}
