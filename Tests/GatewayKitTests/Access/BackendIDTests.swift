import Testing

@testable import GatewayKit

@Suite struct BackendIDTests {
  @Test func `one name has one number, and the number gives the name back`() {
    let first = BackendID("erpnext")
    let second = BackendID("wave")
    #expect(first == BackendID("erpnext"))
    #expect(first != second)
    #expect(second.name == "wave")
  }
}
