import Foundation
import Testing

@testable import GatewayKit

extension AdminTests {
  @Suite("The audit log over REST")
  struct Audit {
    @Test("a change over REST is in the log, with who made it")
    func namesWho() async throws {
      let scene = try await AdminScene()
      _ = try await scene.ask(.post, "/users", #"{"username": "alice"}"#)
      _ = try await scene.ask(.patch, "/users/alice/enable", as: .socket)
      let answer = try await scene.ask(.get, "/audit?user=alice&action=user")
      let events = answer.json?["events"]?.arrayValue ?? []
      #expect(events.map { $0["phase"] } == ["intent", "done", "intent", "done"])
      let first = events.first?["actor"]
      #expect(first?["by"] == "admin-key" && first?["from"] == "192.0.2.1")
      let second = events.dropFirst(2).first?["actor"]
      #expect(second?["by"] == "socket" && second?["uid"] == 1000 && second?["from"] == nil)
      #expect(second?["request"]?.stringValue?.isEmpty == false)
      #expect(first?["request"] != second?["request"])
      let newest = try await scene.ask(.get, "/audit?limit=1")
      #expect(newest.json?["events"]?.arrayValue?.first == events.last)
    }

    @Test(
      "a filter that means nothing is refused by name",
      arguments: [
        ("action=nothing", "action"), ("since=yesterday", "since"), ("limit=0", "limit"),
        ("limit=1001", "limit"), ("until=", "until"),
      ])
    func refuses(query: String, field: String) async throws {
      let scene = try await AdminScene()
      let answer = try await scene.ask(.get, "/audit?\(query)")
      #expect(answer.status == 422)
      #expect(answer.text.contains(field))
    }
  }
}
