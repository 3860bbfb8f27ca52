import Logging
import NIOCore
import Synchronization

/// Everything that a gateway stands on before it listens.
struct GatewayParts: Sendable {
  let server: ServerContext
  let backends: BackendSet
  let mcp: MCPService
  let readiness: Readiness
  let outcome: ConfigurationOutcome
  let adminKey: AdminKey
  let live: LiveState

  static func make(
    _ configuration: GatewayConfiguration, group: any EventLoopGroup, logger: Logger
  ) async throws -> GatewayParts {
    let store = try await UserStore.open(
      configuration.storePath, creating: true, audit: configuration.audit)
    do {
      try await store.settleAudit()
    } catch {
      logger.warning("the audit log was not looked at: \(error)")
    }
    tellHealth(of: store, configuration.onUnreadableStore, logger)
    store.startWatching()
    let file =
      configuration.secrets == nil
      ? try SecretFile.loadOrCreate(configuration.secretPath, prefix: "") : nil
    let secrets = configuration.secrets ?? file.map { [Array($0.secret.utf8)] } ?? []
    let adminKey = try AdminKey.load(configuration)
    let warnings = [file?.warning, adminKey.warning].compactMap { $0 }
    for warning in warnings { logger.warning("\(warning)") }
    let ended = try EndedSessions(path: configuration.beside("sessions.ended"))
    let bound = try EndedSessions(path: configuration.beside("sessions.bound"))
    for (number, until) in bound.all {
      try await ended.add(number, until: Timestamp(microseconds: until))
    }
    try bound.clear()
    let backends = BackendSet(
      configuration.backends, group: group, grace: configuration.limits.catalogGrace, logger: logger
    )
    let sessions = SessionRegistry(
      sealer: Sealer(secrets: secrets, purpose: "session"),
      lifetime: configuration.limits.sessionLifetime,
      perPrincipal: configuration.limits.sessionsPerPrincipal, backends: backends,
      ended: ended, bound: bound, logger: logger)
    let mcp = MCPService(
      backends: backends, sessions: sessions,
      catalogDeadline: configuration.limits.catalogDeadline,
      pageItems: configuration.limits.pageItems, logger: logger)
    let readiness = Readiness()
    let outcome = ConfigurationOutcome(
      file: configuration.sourceFile, warnings: configuration.warnings, lasting: warnings)
    let metrics = GatewayMetrics(tellsUsers: configuration.metricsTellUsers)
    let usage =
      configuration.countsUsage
      ? UsageKeeper(
        UsageFile(beside: configuration.storePath), metrics: metrics, logger: logger) : nil
    let live = LiveState()
    let status = StatusSource(
      configuration: configuration, store: store, backends: backends, mcp: mcp,
      outcome: outcome, live: live)
    let api = AdminAPI(
      store: store, configuration: configuration,
      backends: { backends.views.map(\.configuration) }, adminKey: adminKey,
      readiness: readiness, usage: usage, metrics: metrics, live: live, status: status.current)
    let server = ServerContext(
      configuration: configuration, store: store, backends: backends, mcp: mcp,
      router: RouterBridge(router: api.router(), logger: logger),
      adminKeyDigest: adminKey.digest, secrets: secrets,
      activity: store.journal.map(ActivityLog.init), usage: usage,
      metrics: metrics, live: live, logger: logger)
    status.attach(server)
    live.attach(server)
    backends.tell(
      BackendAudience(
        wanted: { [weak server] backend, process in
          server?.subscriptions.wanted(at: .init(backend: backend, process: process)) ?? []
        },
        updated: { [weak server] backend, watched, message, process in
          server?.updated(
            SubscriptionTable.Topic(backend: backend, watched: watched, process: process),
            message)
        },
        listChanged: { [weak server] session, kind in
          _ = server?.sessionStreams.perform(on: session) { $0.tellChanged([kind]) }
        }))
    backends.start()
    return GatewayParts(
      server: server, backends: backends, mcp: mcp, readiness: readiness,
      outcome: outcome, adminKey: adminKey, live: live)
  }

  /// Once each, however many calls come in meanwhile.
  private static func tellHealth(
    of store: UserStore, _ policy: GatewayConfiguration.UnreadableStore, _ logger: Logger
  ) {
    store.onHealthChange { health in
      switch (health, policy) {
      case (.ok, _): logger.notice("the store can be read again")
      case (.unreadable(_, let error), .keep):
        logger.warning(
          "the store cannot be read, and the last good state is served until it can: \(error)")
      case (.unreadable(_, let error), .refuse):
        logger.warning(
          "the store cannot be read, and every call is refused with 503 until it can: \(error)")
      }
    }
  }
}
