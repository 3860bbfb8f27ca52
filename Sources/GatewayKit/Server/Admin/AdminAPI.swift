import HTTPTypes
import Hummingbird

/// The admin routes: the guide's paths and bodies, and those that came after it.
package struct AdminAPI: Sendable {
  let store: UserStore
  let configuration: GatewayConfiguration
  /// The backends as they are configured now: a reload changes them.
  let backends: @Sendable () -> [BackendConfiguration]
  let adminKey: AdminKey
  let readiness: Readiness
  /// What is counted of calls; nil where nothing is.
  let usage: UsageKeeper?
  let metrics: GatewayMetrics
  let live: LiveState
  /// What `/status` shows; asked at each request.
  let status: @Sendable () async -> GatewayStatus
  private let page: AdminPage

  init(
    store: UserStore, configuration: GatewayConfiguration,
    backends: @escaping @Sendable () -> [BackendConfiguration], adminKey: AdminKey,
    readiness: Readiness, usage: UsageKeeper?, metrics: GatewayMetrics,
    live: LiveState, status: @escaping @Sendable () async -> GatewayStatus
  ) {
    self.store = store
    self.configuration = configuration
    self.backends = backends
    self.adminKey = adminKey
    self.readiness = readiness
    self.usage = usage
    self.metrics = metrics
    self.live = live
    self.status = status
    page = AdminPage(isDemo: configuration.isDemo)
  }

  var routes: [AdminRoute] {
    [
      AdminRoute(.post, "/users", handler: createUser),
      AdminRoute(.get, "/users", handler: listUsers),
      AdminRoute(.get, "/users/{username}", handler: showUser),
      AdminRoute(.patch, "/users/{username}", handler: editUser),
      AdminRoute(.delete, "/users/{username}", handler: deleteUser),
      AdminRoute(.patch, "/users/{username}/enable", handler: enableUser),
      AdminRoute(.post, "/users/{username}/keys", handler: createKey),
      AdminRoute(.put, "/users/{username}/mcp-access", handler: setAccess),
      AdminRoute(.post, "/keys/revoke", handler: revokeKey),
      AdminRoute(.get, "/keys", query: AdminAPI.keysQuery, handler: listKeys),
      AdminRoute(.patch, "/keys/{key_id}", handler: changeKey),
      AdminRoute(.post, "/keys/{key_id}/rotate", handler: rotateKey),
      AdminRoute(.get, "/explain", query: ["user", "target"], handler: explain),
      AdminRoute(.get, "/audit", query: AdminAPI.auditQuery, handler: searchAudit),
      AdminRoute(.get, "/usage", query: AdminAPI.usageQuery, handler: showUsage),
      AdminRoute(.get, "/health", query: nil, handler: health),
      AdminRoute(.get, "/ready", query: nil, handler: ready),
      AdminRoute(.get, "/status", handler: showStatus),
      AdminRoute(.get, "/dashboard/status", handler: showStatus),
      AdminRoute(.get, "/sessions", handler: listSessions),
      AdminRoute(.delete, "/sessions/{id}", handler: endSession),
      AdminRoute(.get, "/events", handler: streamEvents),
      AdminRoute(.get, "/metrics", handler: showMetrics),
      AdminRoute(.get, "/admin", query: nil, handler: showPage),
      AdminRoute(.get, "/dashboard", query: nil, handler: showPage),
    ]
  }

  package func router() -> Router<AdminRequestContext> {
    let router = Router(context: AdminRequestContext.self, options: .autoGenerateHeadEndpoints)
    let routes = routes
    router.add(
      middleware: AdminGate(
        routes: routes, adminKey: adminKey,
        metricsKey: configuration.metricsKey.map(SHA256Digest.init(hashing:))))
    for route in routes {
      router.on(RouterPath(route.path), method: route.method, use: route.handler)
    }
    return router
  }

  /// What the old dashboard's address shows: where its successor is.
  private func showPage(
    _ request: Request, _ context: AdminRequestContext
  ) async throws -> Response {
    page.response
  }

  /// A segment of the path, unescaped: users of old files may have any name.
  func parameter(_ name: String, _ context: AdminRequestContext) throws -> String {
    guard let text = context.parameters.get(name).flatMap({ AdminTarget.decode($0) }) else {
      throw AdminError(
        400, "bad_path",
        "The \(name) in the path is not percent-encoded UTF-8; write a % itself as %25.")
    }
    return text
  }

  /// Waits until what is in memory is what the file says at this moment, whoever wrote it.
  ///
  /// - Throws: why the file cannot be read. What was in it then is no answer to the question what
  ///   is in it.
  func readStore() async throws(StoreError) {
    _ = try await store.loadAfterNow()
  }
}
