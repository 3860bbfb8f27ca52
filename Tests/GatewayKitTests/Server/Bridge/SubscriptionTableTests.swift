import Testing

@testable import GatewayKit

@Suite("Who wants to hear of a resource")
struct SubscriptionTableTests {
  private let table = SubscriptionTable()
  private let ada = SubscriptionTable.Subscriber.session(SessionNumber())
  private let eve = SubscriptionTable.Subscriber.session(SessionNumber())

  private func resource(_ uri: String, of backend: String = "b") -> SubscriptionTable.Topic {
    SubscriptionTable.Topic(backend: BackendID(backend), watched: .resource(uri))
  }

  @Test("A backend is asked once, and let go when the last one leaves")
  func firstAndLast() {
    let one = resource("a://1")
    #expect(table.add(ada, to: one) == .first && table.add(eve, to: one) == .another)
    #expect(table.add(ada, to: one) == .another)
    #expect(table.subscribers(of: one) == [ada, eve])
    #expect(!table.remove(ada, from: one) && !table.remove(ada, from: one))
    #expect(table.subscribers(of: one) == [eve])
    #expect(table.remove(eve, from: one) && !table.remove(eve, from: one))
    #expect(table.count == 0 && table.add(eve, to: one) == .first)
  }

  @Test("A task is no resource, whatever its id")
  func byKind() {
    let task = SubscriptionTable.Topic(backend: BackendID("b"), watched: .task("a://1"))
    #expect(table.add(ada, to: task) == .first && table.add(ada, to: resource("a://1")) == .first)
    #expect(table.remove(ada, from: task) && table.subscribers(of: resource("a://1")) == [ada])
  }

  @Test("A URI is each backend's own")
  func byBackend() {
    #expect(table.add(ada, to: resource("a://1")) == .first)
    #expect(table.add(ada, to: resource("a://1", of: "c")) == .first)
    #expect(table.subscribers(of: resource("a://1", of: "d")) == [])
  }

  @Test("Whoever goes leaves all of its resources, and tells those that nobody is left for")
  func removesAll() {
    for uri in ["a://1", "a://2", "a://3"] { _ = table.add(ada, to: resource(uri)) }
    _ = table.add(eve, to: resource("a://2"))
    #expect(
      Set(table.removeAll(of: ada).map(\.watched)) == [.resource("a://1"), .resource("a://3")])
    #expect(table.removeAll(of: ada) == [])
    #expect(table.subscribers(of: resource("a://2")) == [eve] && table.count == 1)
  }

  @Test("One can have only so many")
  func limits() {
    for number in 0..<SubscriptionTable.limit {
      #expect(table.add(ada, to: resource("a://\(number)")) == .first)
    }
    #expect(table.add(ada, to: resource("a://more")) == .tooMany)
    #expect(table.subscribers(of: resource("a://more")) == [])
    #expect(table.add(eve, to: resource("a://more")) == .first)
    _ = table.remove(ada, from: resource("a://0"))
    #expect(table.add(ada, to: resource("a://more")) == .another)
  }
}
