import Testing

@testable import GatewayKit

@Suite("Requests of a backend's to a client")
struct ServerRequestTests {
  @Test("Its id is exchanged where it lies, and nothing else")
  func renumbers() throws {
    let message = try ScannedMessage(
      #"{"id":"q","jsonrpc":"2.0","method":"elicitation/create","params":{"id":"q", "n":1.0}}"#)
    let request = try #require(ServerRequest(message.bytes, message.envelope))
    #expect(request.method == .elicitationCreate && request.id == Array(#""q""#.utf8))
    #expect(
      String(decoding: request.renumbered(Array("12".utf8)), as: UTF8.self)
        == #"{"id":12,"jsonrpc":"2.0","method":"elicitation/create","params":{"id":"q", "n":1.0}}"#)
    #expect(request.params?["id"] == "q")
  }

  @Test("What no client is asked is none")
  func others() throws {
    for text in [
      #"{"jsonrpc":"2.0","id":1,"result":{}}"#, #"{"jsonrpc":"2.0","method":"notifications/x"}"#,
    ] {
      let message = try ScannedMessage(text)
      #expect(ServerRequest(message.bytes, message.envelope) == nil)
    }
  }

  @Test("An answer is a response to its id")
  func answers() {
    #expect(
      String(
        decoding: ServerRequest.response(id: Array("0".utf8), result: Array("{}".utf8)),
        as: UTF8.self) == #"{"jsonrpc":"2.0","id":0,"result":{}}"#)
  }
}
