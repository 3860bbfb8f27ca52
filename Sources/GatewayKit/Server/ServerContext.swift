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

  // MARK: Subscriptions

  /// Those of the topics that their backends tell of. Who does not answer keeps nobody else waiting.
  ///
  /// - Parameter client: whose process or connection is to tell, where clients have their own.
  func subscribe(
    _ subscriber: SubscriptionTable.Subscriber, to topics: [SubscriptionTable.Topic],
    as client: ChannelClient
  ) async -> Set<SubscriptionTable.Topic> {
    await withTaskGroup(of: [SubscriptionTable.Topic].self) { group in
      for (id, topics) in Dictionary(grouping: topics, by: \.backend) {
        guard let backend = backends.backend(id) else { continue }
        group.addTask { await self.subscribe(subscriber, to: topics, of: backend, as: client) }
      }
      return await group.reduce(into: []) { $0.formUnion($1) }
    }
  }

  private func subscribe(
    _ subscriber: SubscriptionTable.Subscriber, to topics: [SubscriptionTable.Topic],
    of backend: Backend, as client: ChannelClient
  ) async -> [SubscriptionTable.Topic] {
    guard !Task.isCancelled else { return [] }
    let process = backend.process(of: client)
    let wanted = topics.filter { subscriptions.add(subscriber, to: $0.told(by: process)) }
    let heard = await backend.hear(Set(wanted.map(\.watched)), for: client, in: process)
    for topic in wanted where !heard.contains(topic.watched) {
      subscriptions.remove(subscriber, from: topic.told(by: process))
    }
    return wanted.filter { heard.contains($0.watched) }
  }

  func unsubscribe(
    _ subscriber: SubscriptionTable.Subscriber, from topic: SubscriptionTable.Topic,
    as client: ChannelClient
  ) async {
    guard let backend = backends.backend(topic.backend) else { return }
    let process = backend.process(of: client)
    subscriptions.remove(subscriber, from: topic.told(by: process))
    await backend.hearLess(process)
  }

  func unsubscribeAll(of subscriber: SubscriptionTable.Subscriber) {
    for site in subscriptions.removeAll(of: subscriber) {
      Task { await backends.backend(site.backend)?.hearLess(site.process) }
    }
  }

  /// What was subscribed to has changed; a message of the backend's says so.
  func updated(_ topic: SubscriptionTable.Topic, _ message: [UInt8]) {
    if case .task(let id) = topic.watched,
      let holder = taskIDs.holder(of: id, at: topic.backend.name, process: topic.process)
    {
      // In the legacy era nobody asks for that.
      _ = sessionStreams.perform(on: holder.session) {
        $0.tell(of: holder.id, .notificationsTasksStatus, message)
      }
    }
    for subscriber in subscriptions.subscribers(of: topic) {
      switch subscriber {
      case .session(let number):
        _ = sessionStreams.perform(on: number) { $0.updated(topic, message) }
      case .stream(let stream): stream.perform { $0.updated(topic, message) }
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
