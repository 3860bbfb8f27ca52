import Testing

@testable import GatewayKit

@Suite("Who wants to hear of what")
struct SubscriptionTableTests {
  private let table = SubscriptionTable()
  private let ada = SubscriptionTable.Subscriber.session(SessionNumber())
  private let eve = SubscriptionTable.Subscriber.session(SessionNumber())
  private let site = SubscriptionTable.Site(backend: BackendID("b"), process: nil)

  private func resource(_ uri: String, of backend: String = "b") -> SubscriptionTable.Topic {
    SubscriptionTable.Topic(backend: BackendID(backend), watched: .resource(uri))
  }

  @Test("What anybody wants is wanted of the backend, until the last one leaves")
  func firstAndLast() {
    let one = resource("a://1")
    #expect(table.add(ada, to: one) && table.add(eve, to: one) && table.add(ada, to: one))
    #expect(table.subscribers(of: one) == [ada, eve] && table.wanted(at: site) == [one.watched])
    table.remove(ada, from: one)
    table.remove(ada, from: one)
    #expect(table.subscribers(of: one) == [eve] && table.wanted(at: site) == [one.watched])
    table.remove(eve, from: one)
    #expect(table.subscribers(of: one) == [] && table.wanted(at: site) == [])
  }

  @Test("A URI is each backend's and each process's own, and no task's")
  func apart() {
    let process = SessionNumber()
    let task = SubscriptionTable.Topic(backend: BackendID("b"), watched: .task("a://1"))
    let others = [
      resource("a://1", of: "c"), resource("a://1").told(by: process), task,
    ]
    #expect(others.allSatisfy { table.add(ada, to: $0) })
    #expect(table.subscribers(of: resource("a://1")) == [])
    #expect(table.wanted(at: site) == [.task("a://1")])
    let own = SubscriptionTable.Site(backend: BackendID("b"), process: process)
    #expect(table.wanted(at: own) == [.resource("a://1")])
    #expect(Set(others.map(SubscriptionTable.Site.init)).count == 3)
  }

  @Test("Whoever goes leaves all that it wanted, and tells where that was")
  func removesAll() {
    for topic in [resource("a://1"), resource("a://2"), resource("a://3", of: "c")] {
      #expect(table.add(ada, to: topic))
    }
    #expect(table.add(eve, to: resource("a://2")))
    let other = SubscriptionTable.Site(backend: BackendID("c"), process: nil)
    #expect(table.removeAll(of: ada) == [site, other] && table.removeAll(of: ada) == [])
    #expect(table.wanted(at: site) == [.resource("a://2")] && table.wanted(at: other) == [])
  }

  @Test("One can have only so many")
  func limits() {
    for number in 0..<SubscriptionTable.limit {
      #expect(table.add(ada, to: resource("a://\(number)")))
    }
    #expect(!table.add(ada, to: resource("a://more")))
    #expect(table.subscribers(of: resource("a://more")) == [])
    #expect(table.add(eve, to: resource("a://more")))
    table.remove(ada, from: resource("a://0"))
    #expect(table.add(ada, to: resource("a://more")))
  }
}
