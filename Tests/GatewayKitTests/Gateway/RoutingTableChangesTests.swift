import Testing

@testable import GatewayKit

@Suite("Lists that are another than before")
struct RoutingTableChangesTests {
  private func view(
    _ name: String, tools: [String] = [], prompts: [String] = [], resources: [String] = [],
    templates: [String] = []
  ) throws -> BackendView {
    var view = BackendView(try .http("http://127.0.0.1:1/mcp", name: name))
    view.state = .up
    var catalog = Catalog()
    for (list, items) in [
      (CatalogList.tools, tools), (.prompts, prompts), (.resources, resources),
      (.templates, templates),
    ] {
      catalog[list] = try items.compactMap { try CatalogItem(Array($0.utf8), kind: list) }
    }
    view.catalog = catalog
    return view
  }

  private func changes(_ old: [BackendView], _ new: [BackendView]) -> [String: Set<Method>] {
    let changes = RoutingTable(new).changes(since: RoutingTable(old))
    return changes.reduce(into: [:]) { $0[$1.key.name] = $1.value }
  }

  private let tools = Method.notificationsToolsListChanged
  private let prompts = Method.notificationsPromptsListChanged
  private let resources = Method.notificationsResourcesListChanged

  @Test("Each list is told by its own notification, and only of the backend whose it is")
  func lists() throws {
    let other = try view("other", tools: [#"{"name":"x"}"#])
    let old = try view("b", tools: [#"{"name":"a"}"#])
    #expect(changes([old, other], [old, other]) == [:])
    for (new, expected) in [
      (try view("b", tools: [#"{"name":"a","title":"A"}"#]), tools),
      (try view("b", tools: [#"{"name":"a"}"#], prompts: [#"{"name":"p"}"#]), prompts),
      (
        try view("b", tools: [#"{"name":"a"}"#], resources: [#"{"name":"r","uri":"a://r"}"#]),
        resources
      ),
      (
        try view(
          "b", tools: [#"{"name":"a"}"#], templates: [#"{"name":"t","uriTemplate":"a://{t}"}"#]),
        resources
      ),
    ] {
      #expect(changes([old, other], [new, other]) == ["b": [expected]])
      #expect(changes([new, other], [old, other]) == ["b": [expected]])
    }
  }

  @Test("The order of a list is part of it")
  func order() throws {
    let (a, b) = (#"{"name":"a"}"#, #"{"name":"b"}"#)
    #expect(
      changes([try view("x", tools: [a, b])], [try view("x", tools: [b, a])]) == ["x": [tools]])
  }

  @Test("A backend that comes or goes changes what it lists, and no more")
  func comesAndGoes() throws {
    let whole = try view("b", tools: [#"{"name":"a"}"#], prompts: [#"{"name":"p"}"#])
    #expect(changes([], [whole]) == ["b": [tools, prompts]])
    #expect(changes([whole], []) == ["b": [tools, prompts]])
    #expect(changes([], [try view("empty")]) == [:])
    var unread = whole
    unread.catalog = nil
    #expect(changes([unread], [whole]) == ["b": [tools, prompts]])
  }
}
