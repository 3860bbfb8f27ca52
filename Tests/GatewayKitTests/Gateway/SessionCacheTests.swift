import Testing

@testable import GatewayKit

@Suite("A loop's copies of sessions")
struct SessionCacheTests {
  private func entry(
    _ number: SessionNumber, sealed: String = "", pool: PoolKey? = nil, level: LogLevel? = nil
  ) -> SessionEntry {
    SessionEntry(
      token: SessionToken(
        number: number, principal: .static, version: .newestLegacy, client: .gateway, issued: .now,
        backend: nil), sealed: Array(sealed.utf8), poolKey: pool, logLevel: level)
  }

  private func find(_ sealed: String, in cache: SessionCache) -> SessionEntry? {
    Array(sealed.utf8).withUnsafeBytes { cache.find($0) }
  }

  private let forms = Array(#"{"elicitation":{}}"#.utf8)

  @Test("A pooled session is found by whose it is, what the client can be asked, and its lane")
  func pools() {
    var cache = SessionCache()
    let key = PoolKey(principal: .user(id: "ada"), capabilities: forms)
    let number = SessionNumber()
    cache.update(number, entry(number, pool: key))
    #expect(cache.pooled(key)?.token.number == number)
    var lane = key
    lane.lane = 1
    for other in [
      PoolKey(principal: .user(id: "eve"), capabilities: forms),
      PoolKey(principal: .user(id: "ada"), capabilities: Array("{}".utf8)), lane,
    ] {
      #expect(cache.pooled(other) == nil)
    }
  }

  @Test("What uses one copy of a session uses it in all")
  func isUsed() {
    let old = entry(SessionNumber(), sealed: "a")
    #expect(old.logging(.debug).use === old.use)
  }

  @Test("No client finds a pooled session by an id")
  func poolsHaveNoID() {
    var cache = SessionCache()
    let number = SessionNumber()
    cache.update(
      number, entry(number, pool: PoolKey(principal: .static, capabilities: forms)))
    #expect(find("", in: cache) == nil && cache.count == 0)
  }

  @Test("A newer copy takes the older one's place, and an ended session is forgotten")
  func updates() {
    var cache = SessionCache()
    let key = PoolKey(principal: .static, capabilities: forms)
    let (pooled, own) = (SessionNumber(), SessionNumber())
    cache.update(pooled, entry(pooled, pool: key))
    cache.update(own, entry(own, sealed: "abc"))
    cache.update(pooled, entry(pooled, pool: key, level: .error))
    cache.update(own, entry(own, sealed: "abc", level: .alert))
    #expect(cache.pooled(key)?.logLevel == .error && find("abc", in: cache)?.logLevel == .alert)
    cache.update(pooled, nil)
    #expect(cache.pooled(key) == nil && find("abc", in: cache) != nil)
    cache.update(own, nil)
    #expect(find("abc", in: cache) == nil && cache.count == 0)
  }
}
