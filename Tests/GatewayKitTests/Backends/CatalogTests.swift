import Testing

@testable import GatewayKit

@Suite("Catalogs")
struct CatalogTests {
  private func reader(
    _ answer: @escaping (Method, JSONObject) throws -> JSONValue
  ) -> CatalogReader {
    CatalogReader(backend: "b") { method, params in try answer(method, params).bytes }
  }

  private let everything = Catalog(
    handshake: JSONObject([
      ("capabilities", ["tools": [:], "prompts": [:], "resources": [:]])
    ]))

  @Test("an item keeps its own bytes, and the place of its name in them")
  func itemBytes() throws {
    let raw = Array(#"{ "title":"A", "na\u006de" : "a\u002fb","x":1.50 }"#.utf8)
    let item = try #require(try CatalogItem(raw, kind: .prompts))
    #expect(item.name == "a/b")
    #expect(item.raw == raw)
    #expect(String(decoding: raw[item.nameRange], as: UTF8.self) == #""a\u002fb""#)
  }

  @Test(
    "what has no name, no URI, or two of either is no item",
    arguments: [
      #"{"title":"x"}"#, #"{"name":7,"uri":"a:b"}"#, #"{"name":"x"}"#,
      #"{"name":"x","name":"y","uri":"a:b"}"#, #"{"name":"x","uri":"a:b","uri":"c:d"}"#,
    ])
  func noItem(_ text: String) throws {
    #expect(try CatalogItem(Array(text.utf8), kind: .resources) == nil)
  }

  @Test("only the lists that the capabilities announce are asked for")
  func capabilities() async throws {
    var asked: [Method] = []
    var reader = reader { method, _ in
      asked.append(method)
      return ["prompts": [["name": "p"]]]
    }
    let handshake = JSONObject([("capabilities", ["prompts": [:]])])
    let catalog = try await reader.read(into: Catalog(handshake: handshake))
    #expect(asked == [.promptsList])
    #expect(catalog.prompts.map(\.name) == ["p"])
  }

  @Test("a list that the server does not know after all is empty")
  func unknownList() async throws {
    var reader = reader { method, _ in
      guard method == .resourcesList else {
        throw BackendError.refused(backend: "b", code: -32601, message: "no")
      }
      return ["resources": [["name": "r", "uri": "a:r"]]]
    }
    let catalog = try await reader.read(into: everything)
    #expect(catalog.resources.map(\.uri) == ["a:r"])
    #expect(catalog.tools.isEmpty && catalog.templates.isEmpty)
  }

  @Test("lists that are too large are refused, and so is what is no list")
  func limits() async throws {
    var large = reader { _, params in
      [
        "tools": [["name": .string(String(repeating: "x", count: 500))]],
        "nextCursor": .string("\(params["cursor"]?.stringValue ?? "")x"),
      ]
    }
    large.sizeLimit = 2000
    await #expect(throws: BackendError.self) { try await large.read(into: everything) }
    var wrong = reader { _, _ in ["tools": ["x"]] }
    await #expect(throws: BackendError.self) { try await wrong.read(into: everything) }
  }

  @Test(
    "a catalog is believed as long as its shortest list says, within bounds",
    arguments: [
      (nil, 300_000), (600_000, 300_000), (20_000, 20_000), (10, 5000), (0, 60_000), (-5, 60_000),
    ] as [(Int?, Int)])
  func timeToLive(_ said: Int?, _ believed: Int) {
    var catalog = Catalog()
    if let said { catalog.limitTimeToLive(toMilliseconds: said) }
    catalog.limitTimeToLive(toMilliseconds: 500_000)
    #expect(catalog.timeToLive == .milliseconds(believed))
  }

  @Test("the server's name is read where each era has it")
  func serverInfo() {
    let legacy = Catalog(handshake: JSONObject([("serverInfo", ["name": "l"])]))
    let modern = Catalog(
      handshake: JSONObject([("_meta", ["io.modelcontextprotocol/serverInfo": ["name": "m"]])]))
    #expect(legacy.serverInfo == ["name": "l"])
    #expect(modern.serverInfo == ["name": "m"])
  }
}
