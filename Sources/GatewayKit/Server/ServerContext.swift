import Logging
import NIOSSL
import Synchronization

/// Verifies an OAuth access token: the caller that it stands for, or nil.
package typealias AccessTokenVerifier = @Sendable (String) async -> Caller?

/// What all event loops of one gateway share: fixed at start, or guarded by itself.
final class ServerContext: Sendable {
  let configuration: GatewayConfiguration
  let store: UserStore
  let backends: BackendSet
  let mcp: MCPService
  let router: RouterBridge
  let hosts: HostPolicy
  /// The holder of the static key, and the key's digest.
  let staticCaller: (digest: SHA256Digest, caller: Caller)?
  let adminKeyDigest: SHA256Digest
  /// Where OAuth tokens are looked at, once something gives them out.
  let tokenVerifier: AccessTokenVerifier?
  let logger: Logger
  /// What goes into the audit log beside changes of the store; nil where there is none.
  let activity: ActivityLog?
  let refusals: RefusalCounter
  /// Where calls are counted; nil where the configuration has that off.
  let usage: UsageKeeper?
  let live: LiveState
  /// Which calls are logged with their arguments; nil for none.
  let argumentRules: AccessRules?
  let connections = ConnectionLimiter()
  let streams = StreamLimiter()
  let exchanges = ExchangeTable()
  private let loopBox = LoopHandles()
  private let bound = Mutex<String?>(nil)
  private let tls = Mutex<NIOSSLContext?>(nil)

  init(
    configuration: GatewayConfiguration, store: UserStore, backends: BackendSet, mcp: MCPService,
    router: RouterBridge, adminKeyDigest: SHA256Digest, activity: ActivityLog?,
    usage: UsageKeeper?, metrics: GatewayMetrics,
    live: LiveState,
    tokenVerifier: AccessTokenVerifier? = nil, logger: Logger
  ) {
    self.configuration = configuration
    self.store = store
    self.backends = backends
    self.mcp = mcp
    self.router = router
    self.adminKeyDigest = adminKeyDigest
    self.tokenVerifier = tokenVerifier
    self.logger = logger
    self.activity = activity
    self.usage = usage
    self.live = live
    refusals = RefusalCounter(activity, metrics) { store.generation }
    let arguments = configuration.audit.arguments
    argumentRules = arguments.isEmpty ? nil : AccessRules(allowed: arguments, blocked: [])
    hosts = HostPolicy(
      publicURL: configuration.publicURL, hosts: configuration.hosts,
      origins: configuration.origins)
    staticCaller = configuration.staticKey.map { key in
      (
        SHA256Digest(hashing: key),
        Caller(
          principal: .static, username: nil, userID: nil, keyID: nil,
          rules: .unrestricted)
      )
    }
  }

  /// Where clients reach the gateway, once it listens.
  var address: String? { bound.withLock { $0 } }

  func didBind(_ address: String) { bound.withLock { $0 = address } }

  /// What TLS connections to backends are made with; made for the first of them, since with it come
  /// all the roots that the system trusts.
  func tlsContext() throws -> NIOSSLContext {
    try tls.withLock { made in
      if let made { return made }
      let context = try NIOSSLContext(configuration: BackendTLS.configuration())
      made = context
      return context
    }
  }

  /// Every loop of the gateway, once they run.
  var loops: [LoopHandle] { loopBox.all }

  func register(_ handles: [LoopHandle]) { loopBox.set(handles) }
}
