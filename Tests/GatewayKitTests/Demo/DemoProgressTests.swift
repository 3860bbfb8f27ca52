import Testing

@testable import GatewayKit

@Suite("Demo servers: calls that take time")
struct DemoProgressTests {
  private static func scrub(_ seconds: JSONValue) -> JSONValue {
    ["name": "start_scrub", "arguments": ["pool": "tank", "seconds": seconds]]
  }

  @Test(
    "a scrub reports ten steps under the caller's token, then answers", arguments: [false, true])
  func reports(isModern: Bool) async throws {
    let peer = try DemoPeer("truenas")
    var first: JSONValue?
    if isModern {
      first = try await peer.modern(
        "tools/call", Self.scrub(.number("0.1")), id: "call", meta: ["progressToken": "t"])
    } else {
      _ = try await peer.initialize()
      let params = Self.scrub(.number("0.1")).adding("_meta", ["progressToken": "t"])
      first = try await peer.legacy("tools/call", params, id: "call")
    }
    for step in 1...10 {
      let message = first
      #expect(message?["method"] == "notifications/progress")
      #expect(message?["params"]?["progressToken"] == "t")
      #expect(message?["params"]?["progress"] == .number("\(step)"))
      #expect(message?["params"]?["total"] == 10)
      first = try await peer.next()
    }
    #expect(first?["id"] == "call")
    #expect(first?["result"]?["structuredContent"]?["state"] == "FINISHED")
    #expect(first?["result"]?["resultType"] == (isModern ? "complete" : nil))
    try await peer.finish()
  }

  @Test("without a token nothing is reported")
  func isSilentWithoutToken() async throws {
    let peer = try DemoPeer("truenas")
    let answer = try await peer.modern("tools/call", Self.scrub(0))
    #expect(answer["result"]?["isError"] == false)
    try await peer.finish()
  }

  @Test("after notifications/cancelled a call says nothing more")
  func cancels() async throws {
    let peer = try DemoPeer("truenas")
    let progress = try await peer.modern(
      "tools/call", Self.scrub(.number("0.5")), id: 7, meta: ["progressToken": 1])
    #expect(progress["params"]?["progress"] == 1)
    peer.send(
      #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}"#)
    // A call that takes longer than the rest of the cancelled one would have.
    peer.send(peer.modernRequest("tools/call", Self.scrub(1), id: 8))
    var messages: [JSONValue] = []
    while let message = try await peer.next() {
      messages.append(message)
      if message["id"] == 8 { break }
    }
    #expect(!messages.contains { $0["id"] == 7 })
    // At most a step that was on its way when the cancellation came.
    #expect(messages.count <= 2, "\(messages.map(\.text))")
    try await peer.finish()
  }

  @Test("other requests are answered while a scrub goes on")
  func isConcurrent() async throws {
    let peer = try DemoPeer("truenas")
    peer.send(peer.modernRequest("tools/call", Self.scrub(30), id: "slow"))
    #expect(try await peer.modern("tools/list", id: "quick")["id"] == "quick")
    let refused = try await peer.modern("tools/list", id: "slow")
    #expect(refused["error"]?["code"] == -32600)
    try await peer.finish()
  }

  @Test("log messages come only from the level on that was asked for")
  func logs() async throws {
    let peer = try DemoPeer("truenas")
    let level: JSONValue = ["io.modelcontextprotocol/logLevel": "info"]
    let log = try await peer.modern("tools/call", Self.scrub(0), meta: level)
    #expect(log["method"] == "notifications/message")
    #expect(log["params"]?["level"] == "info")
    #expect(try await peer.next()?["result"] != nil)

    _ = try await peer.initialize()
    #expect(try await peer.legacy("tools/call", Self.scrub(0))["result"] != nil)
    #expect(try await peer.legacy("logging/setLevel", ["level": "debug"])["result"] == [:])
    let message = try await peer.legacy("tools/call", Self.scrub(0))
    #expect(message["method"] == "notifications/message")
    #expect(try await peer.next()?["result"] != nil)
    #expect(try await peer.legacy("logging/setLevel", ["level": "error"])["result"] == [:])
    #expect(try await peer.legacy("tools/call", Self.scrub(0))["result"] != nil)
    try await peer.finish()
  }

  @Test("subscriptions/listen is acknowledged under its request's id and ends by cancellation")
  func listens() async throws {
    let peer = try DemoPeer("wave")
    let acknowledgement = try await peer.modern(
      "subscriptions/listen", ["notifications": ["toolsListChanged": true]], id: "s")
    #expect(acknowledgement["method"] == "notifications/subscriptions/acknowledged")
    let params = acknowledgement["params"]
    #expect(params?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == "s")
    #expect(params?["notifications"] == [:])
    peer.send(
      #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"s"}}"#)
    #expect(try await peer.modern("tools/list", id: "s")["result"] != nil)
    try await peer.finish()
  }
}
