import Testing

@testable import GatewayKit

@Suite("Demo servers")
struct DemoServerTests {
  static let versions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]

  @Test("initialize settles each legacy version as asked", arguments: versions)
  func negotiates(version: String) async throws {
    let peer = try DemoPeer("erpnext")
    let answer = try await peer.initialize(version)
    #expect(answer["result"]?["protocolVersion"] == .string(version))
    #expect(answer["result"]?["serverInfo"]?["name"] == "erpnext-demo")
    #expect(answer["result"]?["resultType"] == nil)
    try await peer.finish()
  }

  @Test(
    "initialize answers the newest legacy version to a version it cannot settle",
    arguments: ["2026-07-28", "1900-01-01"])
  func negotiatesUnknown(version: String) async throws {
    let peer = try DemoPeer("wave")
    let answer = try await peer.initialize(version)
    #expect(answer["result"]?["protocolVersion"] == "2025-11-25")
    try await peer.finish()
  }

  @Test("discover tells versions, capabilities, identity and freshness")
  func discovers() async throws {
    let peer = try DemoPeer("truenas")
    let result = try await peer.modern("server/discover")["result"]
    #expect(result?["supportedVersions"]?.arrayValue?.first == "2026-07-28")
    #expect(result?["capabilities"]?["tools"] != nil)
    #expect(result?["resultType"] == "complete")
    #expect(result?["cacheScope"] == "public")
    #expect((result?["ttlMs"]?.intValue ?? -1) >= 0)
    let identity = result?["_meta"]?["io.modelcontextprotocol/serverInfo"]
    #expect(identity?["name"] == "truenas-demo")
    try await peer.finish()
  }

  @Test("both eras are served at once on one pair of pipes")
  func servesBothEras() async throws {
    let peer = try DemoPeer("wave")
    #expect(try await peer.modern("tools/list")["result"]?["resultType"] == "complete")
    _ = try await peer.initialize()
    #expect(try await peer.legacy("tools/list")["result"]?["resultType"] == nil)
    #expect(try await peer.modern("tools/list")["result"]?["resultType"] == "complete")
    try await peer.finish()
  }

  @Test(
    "every server has tools that say demo, a prompt, a resource and a template",
    arguments: DemoServer.names)
  func lists(name: String) async throws {
    let peer = try DemoPeer(name)
    let tools = try await peer.modern("tools/list")["result"]?["tools"]?.arrayValue ?? []
    #expect((3...5).contains(tools.count))
    for tool in tools {
      #expect(tool["description"]?.stringValue?.contains("demo") == true)
      #expect(tool["inputSchema"]?["type"] == "object")
    }
    for (method, key) in [
      ("prompts/list", "prompts"), ("resources/list", "resources"),
      ("resources/templates/list", "resourceTemplates"),
    ] {
      let items = try await peer.modern(method)["result"]?[key]?.arrayValue
      #expect(items?.count == 1, "\(method)")
      #expect(items?.first?["description"]?.stringValue?.contains("demo") == true)
    }
    try await peer.finish()
  }

  @Test(
    "every resource that is listed, and each of a template, can be read",
    arguments: DemoServer.descriptions.map(\.name))
  func reads(name: String) async throws {
    let peer = try DemoPeer(name)
    let server = try #require(DemoServer.descriptions.first { $0.name == name })
    let uris =
      server.resources.map(\.uri)
      + server.templates.flatMap { template in
        template.contents.map { "\(template.prefix)\($0.value)" }
      }
    #expect(uris.count > 2)
    for uri in uris {
      let result = try await peer.modern("resources/read", ["uri": .string(uri)])["result"]
      let contents = result?["contents"]?.arrayValue?.first
      #expect(contents?["uri"] == .string(uri))
      let text = try #require(contents?["text"]?.stringValue)
      #expect(try JSONValue.parse(text.utf8).objectValue != nil)
    }
    try await peer.finish()
  }

  @Test("equal calls give equal answers")
  func isDeterministic() async throws {
    let peer = try DemoPeer("erpnext")
    let call: JSONValue = [
      "name": "create_quotation",
      "arguments": ["customer": "CUST-0002", "item": "SAW-190", "quantity": 3],
    ]
    let first = try await peer.modern("tools/call", call)
    #expect(first == (try await peer.modern("tools/call", call)))
    let quotation = first["result"]?["structuredContent"]
    #expect(quotation?["net"] == 657)
    #expect(quotation?["gross"] == .number("781.83"))
    let text = first["result"]?["content"]?.arrayValue?.first?["text"]?.stringValue ?? ""
    #expect(try JSONValue.parse(text.utf8) == quotation)
    try await peer.finish()
  }

  @Test("a prompt is rendered with its arguments")
  func rendersPrompts() async throws {
    let peer = try DemoPeer("truenas")
    let result = try await peer.modern(
      "prompts/get", ["name": "storage_report", "arguments": ["pool": "fast"]])["result"]
    let message = result?["messages"]?.arrayValue?.first
    #expect(message?["role"] == "user")
    #expect(message?["content"]?["text"]?.stringValue?.contains("pool fast") == true)
    try await peer.finish()
  }

  @Test("arguments of prompts and templates are completed")
  func completes() async throws {
    let peer = try DemoPeer("homeassistant")
    func values(_ reference: JSONValue, _ argument: String, _ value: String) async throws
      -> JSONValue?
    {
      try await peer.modern(
        "completion/complete",
        [
          "ref": reference,
          "argument": ["name": .string(argument), "value": .string(value)],
        ])["result"]?["completion"]?["values"]
    }
    let prompt: JSONValue = ["type": "ref/prompt", "name": "good_night"]
    #expect(try await values(prompt, "keep_on", "light.K") == ["light.kitchen"])
    let template: JSONValue = [
      "type": "ref/resource", "uri": "homeassistant://states/{entity_id}",
    ]
    #expect(try await values(template, "entity_id", "sw") == ["switch.coffee_machine"])
    #expect(try await values(template, "other", "") == [])
    try await peer.finish()
  }

  @Test("it ends at the end of its input and answers what was asked before")
  func endsAtEOF() async throws {
    let peer = try DemoPeer("wave")
    peer.send(peer.modernRequest("tools/list", id: "last"))
    peer.send(
      peer.modernRequest("subscriptions/listen", ["notifications": [:]], id: "endless"))
    try await peer.finish()
    #expect(try await peer.next()?["id"] == "last")
    #expect(
      try await peer.next()?["method"] == "notifications/subscriptions/acknowledged")
    #expect(try await peer.next() == nil)
  }

  @Test("the demo's configuration names these servers, in this order")
  func agreesWithConfiguration() {
    let configured = GatewayConfiguration.demoServers
    #expect(configured.map(\.name) == DemoServer.names)
    #expect(configured.map(\.title) == DemoServer.descriptions.map(\.title))
  }

  @Test("a name that no demo server has is refused with those that there are")
  func refusesUnknownNames() async throws {
    await #expect(throws: DemoServerError.unknown("sap")) {
      try await DemoServer.run(named: "sap", input: -1, output: -1)
    }
    #expect(DemoServerError.unknown("sap").description.contains("truenas"))
  }
}
