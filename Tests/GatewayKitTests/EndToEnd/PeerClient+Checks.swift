import Testing

@testable import GatewayKit

/// What a client gets from a peer, the same whatever versions the two speak.
extension PeerClient {
  func usesTools(_ client: String, of backend: String) async throws {
    let text = "Grüße \u{1F30D} \"quoted\" \\ \u{1}"
    let echo = try await call(client, "\(backend)__echo", ["text": .string(text)])
    #expect(echo.toolText == text)
    let sum = try await call(client, "\(backend)__add", ["a": -2, "b": 44])
    #expect(sum["structuredContent"]?["result"] == 42)
  }

  func getsPromptAndResources(_ client: String, of backend: String) async throws {
    let prompt = try await self.do(
      "prompt",
      [
        "client": .string(client), "name": .string("\(backend)__greet"),
        "arguments": ["person": "Ada"],
      ])
    let message = prompt["messages"]?.arrayValue?.first?["content"]?["text"]
    #expect(message == .string("Greet Ada in the name of \(backend)."))
    for (uri, text) in [
      ("\(backend)://about", "\(backend) is a peer for tests."),
      ("\(backend)://items/pear", "\(backend) item pear"),
    ] {
      let read = try await self.do("read", ["client": .string(client), "uri": .string(uri)])
      #expect(read["contents"]?.arrayValue?.first?["text"] == .string(text))
    }
  }

  func hearsProgress(_ client: String, of backend: String) async throws {
    let id = try begin(
      "call",
      [
        "client": .string(client), "name": .string("\(backend)__progress"),
        "arguments": ["steps": 5, "delay": 0],
      ])
    #expect(try await finish(id).toolText == "5 steps")
    let steps = events.filter { $0["event"] == "progress" && $0["id"]?.intValue == id }
    #expect(steps.compactMap { $0["message"]?.stringValue } == (1...5).map { "step \($0)" })
  }
}
