import Testing

@testable import GatewayKit

@Suite("Demo servers: what they refuse")
struct DemoRefusalTests {
  private func code(_ answer: JSONValue) -> Int? { answer["error"]?["code"]?.intValue }

  @Test("bad JSON is -32700 and leaves the conversation whole")
  func refusesBadJSON() async throws {
    let peer = try DemoPeer("wave")
    let answer = try await peer.ask(#"{"jsonrpc":"2.0",,"#)
    #expect(code(answer) == -32700)
    #expect(answer["id"] == .null)
    #expect(try await peer.modern("tools/list")["result"] != nil)
    try await peer.finish()
  }

  @Test(
    "what is not a request is -32600",
    arguments: [
      "[]", "1", #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
      #"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, #"{"jsonrpc":"2.0","id":1}"#,
      #"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
      #"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
    ])
  func refusesMalformed(text: String) async throws {
    let peer = try DemoPeer("wave")
    #expect(code(try await peer.ask(text)) == -32600)
    try await peer.finish()
  }

  @Test("methods that the era does not have are -32601")
  func refusesUnknownMethods() async throws {
    let peer = try DemoPeer("wave")
    for method in [
      "initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe",
      "tools/destroy",
    ] {
      #expect(code(try await peer.modern(method)) == -32601, "\(method)")
    }
    _ = try await peer.initialize()
    #expect(code(try await peer.legacy("resources/subscribe")) == -32601)
    try await peer.finish()
  }

  @Test("a modern request without what _meta must carry is -32602")
  func refusesMissingMeta() async throws {
    let peer = try DemoPeer("wave")
    #expect(code(try await peer.legacy("tools/list")) == -32602)
    #expect(code(try await peer.legacy("server/discover")) == -32602)
    let key = "io.modelcontextprotocol/protocolVersion"
    for meta in [[key: "2026-07-28"], [key: 1]] as [JSONValue] {
      #expect(code(try await peer.legacy("tools/list", ["_meta": meta])) == -32602)
    }
    try await peer.finish()
  }

  @Test("an unknown version is -32022 with the supported and the requested ones")
  func refusesUnknownVersion() async throws {
    let peer = try DemoPeer("wave")
    for version in ["1900-01-01", "2025-11-25"] {
      let meta: JSONValue = [
        "io.modelcontextprotocol/protocolVersion": .string(version),
        "io.modelcontextprotocol/clientCapabilities": [:],
      ]
      let answer = try await peer.legacy("tools/list", ["_meta": meta], id: "v")
      #expect(code(answer) == -32022)
      #expect(answer["id"] == "v")
      #expect(answer["error"]?["data"]?["requested"] == .string(version))
      let supported = answer["error"]?["data"]?["supported"]?.arrayValue
      #expect(supported?.contains("2026-07-28") == true)
    }
    try await peer.finish()
  }

  @Test("unknown tools, prompts, completion references, cursors and log levels are -32602")
  func refusesUnknownNames() async throws {
    let peer = try DemoPeer("wave")
    let tool = try await peer.modern("tools/call", ["name": "nope"])
    #expect(code(tool) == -32602)
    #expect(tool["error"]?["message"] == "Unknown tool: nope")
    #expect(code(try await peer.modern("tools/call")) == -32602)
    #expect(code(try await peer.modern("prompts/get", ["name": "nope"])) == -32602)
    #expect(code(try await peer.modern("prompts/get", ["name": "monthly_review"])) == -32602)
    #expect(code(try await peer.modern("tools/list", ["cursor": "x"])) == -32602)
    let reference: JSONValue = [
      "ref": ["type": "ref/prompt", "name": "nope"], "argument": ["name": "a", "value": ""],
    ]
    #expect(code(try await peer.modern("completion/complete", reference)) == -32602)
    let level: JSONValue = ["io.modelcontextprotocol/logLevel": "loud"]
    #expect(code(try await peer.modern("tools/list", meta: level)) == -32602)
    try await peer.finish()
  }

  @Test("an unknown resource is -32602 to a modern client and -32002 to a legacy one")
  func refusesUnknownResources() async throws {
    let peer = try DemoPeer("wave")
    let uri: JSONValue = ["uri": "wave://accounts/none"]
    #expect(code(try await peer.modern("resources/read", uri)) == -32602)
    _ = try await peer.initialize()
    let answer = try await peer.legacy("resources/read", uri)
    #expect(code(answer) == -32002)
    #expect(answer["error"]?["data"]?["uri"] == "wave://accounts/none")
    try await peer.finish()
  }

  @Test(
    "bad arguments are a tool's error that names the argument and what is right",
    arguments: [
      (#"{"limit":0}"#, "a whole number from 1 to 50"),
      (#"{"limit":1.5}"#, "a whole number from 1 to 50"),
      (#"{"limit":"many"}"#, #"but it is "many""#),
      (#"{"status":"lost"}"#, "one of paid, unpaid, overdue"),
      (#"{"customer":""}"#, "a text that is not empty"),
      (#"{"customer":"CUST-9"}"#, "CUST-0001"),
      (#"{"state":"paid"}"#, "It takes: status, customer, limit"),
    ])
  func explainsBadArguments(arguments: String, expected: String) async throws {
    let peer = try DemoPeer("erpnext")
    let given = try JSONValue.parse(arguments.utf8)
    let result = try await peer.modern(
      "tools/call", ["name": "list_invoices", "arguments": given])["result"]
    #expect(result?["isError"] == true)
    let text = result?["content"]?.arrayValue?.first?["text"]?.stringValue ?? ""
    #expect(text.contains(expected), "\(text)")
    try await peer.finish()
  }

  @Test("a missing argument is named")
  func namesMissingArguments() async throws {
    let peer = try DemoPeer("homeassistant")
    let result = try await peer.modern("tools/call", ["name": "turn_on"])["result"]
    #expect(result?["isError"] == true)
    let text = result?["content"]?.arrayValue?.first?["text"]?.stringValue ?? ""
    #expect(text.contains(#"needs the argument "entity_id""#))
    try await peer.finish()
  }

  @Test("a batch is answered as one at 2025-03-26 and refused elsewhere")
  func answersBatches() async throws {
    let peer = try DemoPeer("wave")
    _ = try await peer.initialize("2025-03-26")
    let batch = "[\(peer.request("ping", id: 1)),\(peer.request("tools/list", id: 2))]"
    let answers = try await peer.ask(batch).arrayValue
    #expect(answers?.compactMap { $0["id"]?.intValue } == [1, 2])
    _ = try await peer.initialize("2025-06-18")
    #expect(code(try await peer.ask(batch)) == -32600)
    try await peer.finish()
  }

  @Test("a line over the limit is refused and the next one read")
  func refusesLongLines() async throws {
    let peer = try DemoPeer("wave")
    let long = String(repeating: "x", count: DemoInput.maximumBytes + 1)
    let refusal = try await peer.ask(long)
    #expect(code(refusal) == -32600 && refusal["id"] == .null)
    #expect(try await peer.ask(peer.request("ping", id: 2))["id"] == 2)
    try await peer.finish()
  }
}
