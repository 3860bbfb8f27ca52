/// By which the session of a modern client at legacy backends is found: whose it is, and what the client
/// says that it can be asked, as it spells that.
package struct PoolKey: Hashable, Sendable {
  package let principal: Principal
  package let capabilities: [UInt8]

  package init(principal: Principal, capabilities: [UInt8]) {
    self.principal = principal
    self.capabilities = capabilities
  }
}
