import Testing

@testable import GatewayKit

@Suite("What a client listens to")
struct SubscriptionFilterTests {
  private let whole: JSONValue = [
    "toolsListChanged": true, "resourcesListChanged": true,
    "resourceSubscriptions": ["a://2", "a://1"], "taskIds": ["t"],
  ]

  @Test("A filter is read, and written as it was")
  func isRead() {
    let filter = SubscriptionFilter(whole)
    #expect(filter.lists.map(\.capability) == ["tools", "resources"])
    #expect(filter.watched == [.resource("a://2"), .resource("a://1"), .task("t")])
    #expect(JSONValue.object(filter.json) == whole && !filter.isEmpty)
  }

  @Test("What is false, empty or of another type is not asked for, nor what is too much")
  func isBounded() {
    let odd: JSONValue = [
      "toolsListChanged": false, "promptsListChanged": 1, "resourceSubscriptions": [],
      "taskIds": "t", "others": true,
    ]
    #expect(SubscriptionFilter(odd).isEmpty && SubscriptionFilter(nil).json.members.isEmpty)
    #expect(SubscriptionFilter(whole, limit: 1).watched == [.resource("a://2"), .task("t")])
  }

  @Test("An acknowledgement grants what it names of what was asked for, and nothing else")
  func isGranted() {
    let filter = SubscriptionFilter(whole)
    let some = #"{"params":{"notifications":{"resourceSubscriptions":["a://1"],"taskIds":["u"]}}}"#
    #expect(filter.granted(by: Array(some.utf8)) == [.resource("a://1")])
    #expect(filter.granted(by: Array("{}".utf8)) == [])
  }

  @Test("A resource is offered in both eras, a task by a modern server with the extension alone")
  func isOffered() {
    let capabilities: JSONValue = [
      "resources": ["subscribe": true], "extensions": ["io.modelcontextprotocol/tasks": [:]],
    ]
    for era in [ProtocolVersion.Era.legacy, .modern] {
      #expect(Watched.resource("a://1").isOffered(by: capabilities, in: era))
      #expect(!Watched.resource("a://1").isOffered(by: ["resources": [:]], in: era))
    }
    #expect(Watched.task("t").isOffered(by: capabilities, in: .modern))
    #expect(!Watched.task("t").isOffered(by: capabilities, in: .legacy))
    #expect(!Watched.task("t").isOffered(by: ["extensions": [:]], in: .modern))
  }
}
