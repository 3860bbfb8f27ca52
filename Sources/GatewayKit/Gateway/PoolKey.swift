/// By which the session of a modern client at legacy backends is found: whose it is, and what the client
/// says that it can be asked, as it spells that.
package struct PoolKey: Hashable, Sendable {
  package let principal: Principal
  package let capabilities: [UInt8]
  /// 0 for the session that calls share; others have one call at a time, at backends whose questions do
  /// not say which call they belong to.
  package var lane: Int

  package init(principal: Principal, capabilities: [UInt8], lane: Int = 0) {
    self.principal = principal
    self.capabilities = capabilities
    self.lane = lane
  }
}
