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
  /// Calls of legacy sessions, for `notifications/cancelled`.
  let calls = CallTable()
  let inputs = PendingInputs()
  let parked: ParkedCalls
  let taskIDs: TaskIDs
  let sessionStreams = SessionStreams()
  let replays = ReplayTable()
  let linkCalls = LinkCalls()
  let lanes = LaneTable()
  let subscriptions = SubscriptionTable()
  private let lastNumber = Atomic<UInt64>(0)
  private let loopBox = LoopHandles()
  private let bound = Mutex<String?>(nil)
  private let tls = Mutex<NIOSSLContext?>(nil)

  init(
    configuration: GatewayConfiguration, store: UserStore, backends: BackendSet, mcp: MCPService,
    router: RouterBridge, adminKeyDigest: SHA256Digest, secrets: [[UInt8]], activity: ActivityLog?,
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
    taskIDs = TaskIDs(secrets: secrets)
    parked = ParkedCalls(
      sealer: Sealer(secrets: secrets, purpose: "parked call"),
      limit: configuration.limits.parkedCalls)
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

  /// A number that no other request to a backend has.
  func nextNumber() -> UInt64 { lastNumber.add(1, ordering: .relaxed).newValue }

  /// A backend told something that belongs to no call of its client.
  func news(of backend: BackendID, _ message: [UInt8]) {
    backends.backend(backend)?.told(message)
  }

  // MARK: Subscriptions to resources

  /// Whether the backend tells of the resource's changes.
  ///
  /// - Parameter client: whose process or connection is to tell, where clients have their own.
  func subscribe(
    _ subscriber: SubscriptionTable.Subscriber, to resource: SubscriptionTable.Resource,
    as client: ChannelClient
  ) async -> Bool {
    guard let backend = backends.backend(resource.backend) else { return false }
    let resource = resource.own(of: client, at: backend)
    switch subscriptions.add(subscriber, to: resource) {
    case .tooMany: return false
    case .another: return true
    case .first:
      if await backend.subscribe(resource.uri, for: client) { return true }
      _ = subscriptions.remove(subscriber, from: resource)
      return false
    }
  }

  func unsubscribe(
    _ subscriber: SubscriptionTable.Subscriber, from resource: SubscriptionTable.Resource,
    as client: ChannelClient
  ) async {
    guard let backend = backends.backend(resource.backend),
      subscriptions.remove(subscriber, from: resource.own(of: client, at: backend))
    else { return }
    await backend.unsubscribe(resource.uri, for: client)
  }

  func unsubscribeAll(of subscriber: SubscriptionTable.Subscriber) {
    let left = subscriptions.removeAll(of: subscriber)
    guard !left.isEmpty else { return }
    Task {
      for resource in left {
        await backends.backend(resource.backend)?.unsubscribe(resource.uri, for: nil)
      }
    }
  }

  /// A resource has changed.
  func updated(_ resource: SubscriptionTable.Resource) {
    for subscriber in subscriptions.subscribers(of: resource) {
      switch subscriber {
      case .session(let number):
        _ = sessionStreams.perform(on: number) { $0.resourceUpdated(resource) }
      case .stream(let stream): stream.perform { $0.resourceUpdated(resource) }
      }
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
