import Testing

@testable import GatewayKit

@Suite("Who can reach a backend")
struct BackendAccessTests {
  @Test func itCountsListsAndSaysWhoHasAValidKey() async throws {
    let folder = try StoreFolder()
    let store = try await folder.store("open", "allowed", "blocked", "other", "disabled", "keyless")
    try await store.allow(["erpnext/get_*"], for: "allowed")
    try await store.block(["erpnext"], for: "blocked")
    try await store.allow(["wave"], for: "other")
    for name in ["open", "allowed", "blocked", "other", "disabled"] {
      try await store.issueKey(for: name)
    }
    try await store.setEnabled(false, for: "disabled")
    let reach = store.access(to: "erpnext")
    #expect(reach.map(\.user.username) == ["open", "allowed", "disabled", "keyless"])
    #expect(reach.map(\.worksNow) == [true, true, false, false])
    #expect("\(reach[1].reason)" == "the allow entry erpnext/get_*")
    #expect(
      store.access(to: "erpnext", name: "delete").map(\.user.username)
        == ["open", "disabled", "keyless"])
    #expect(store.user("allowed")?.reaches("erpnext") == true)
    #expect(store.user("allowed")?.decision(on: "wave").isAllowed == false)
  }
}
