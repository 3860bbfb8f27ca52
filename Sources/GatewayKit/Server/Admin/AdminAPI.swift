import HTTPTypes
import Hummingbird

/// The admin routes: the guide's paths and bodies, and those that came after it.
package struct AdminAPI: Sendable {
  typealias Handler = @Sendable (Request, AdminRequestContext) async throws -> Response

  /// One route, as the router gets it and as 405 answers know it.
  struct Route: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let handler: Handler

    /// Whether a path, as it was sent, is one of this route's.
    func matches(_ path: String) -> Bool {
      let parts = self.path.split(separator: "/", omittingEmptySubsequences: false)
      let given = path.split(separator: "/", omittingEmptySubsequences: false)
      return parts.count == given.count
        && zip(parts, given).allSatisfy { $0.hasPrefix("{") ? !$1.isEmpty : $0 == $1 }
    }
  }

  let store: UserStore
  let configuration: GatewayConfiguration
  let adminKey: AdminKey
  let readiness: Readiness
  /// What `/status` shows; asked at each request.
  let status: @Sendable () async -> GatewayStatus

  package init(
    store: UserStore, configuration: GatewayConfiguration, adminKey: AdminKey,
    readiness: Readiness, status: @escaping @Sendable () async -> GatewayStatus
  ) {
    self.store = store
    self.configuration = configuration
    self.adminKey = adminKey
    self.readiness = readiness
    self.status = status
  }

  var routes: [Route] {
    [
      Route(method: .post, path: "/users", handler: createUser),
      Route(method: .get, path: "/users", handler: listUsers),
      Route(method: .get, path: "/users/{username}", handler: showUser),
      Route(method: .patch, path: "/users/{username}", handler: editUser),
      Route(method: .delete, path: "/users/{username}", handler: deleteUser),
      Route(method: .patch, path: "/users/{username}/enable", handler: enableUser),
      Route(method: .post, path: "/users/{username}/keys", handler: createKey),
      Route(method: .put, path: "/users/{username}/mcp-access", handler: setAccess),
      Route(method: .post, path: "/keys/revoke", handler: revokeKey),
      Route(method: .get, path: "/keys", handler: listKeys),
      Route(method: .patch, path: "/keys/{key_id}", handler: changeKey),
      Route(method: .post, path: "/keys/{key_id}/rotate", handler: rotateKey),
      Route(method: .get, path: "/explain", handler: explain),
      Route(method: .get, path: "/health", handler: health),
      Route(method: .get, path: "/ready", handler: ready),
      Route(method: .get, path: "/status", handler: showStatus),
      Route(method: .get, path: "/dashboard/status", handler: showStatus),
      Route(method: .get, path: "/admin", handler: page),
      Route(method: .get, path: "/dashboard", handler: page),
    ]
  }

  package func router() -> Router<AdminRequestContext> {
    let router = Router(context: AdminRequestContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: AdminGate(adminKey: adminKey, routes: routes))
    router.add(middleware: WrongMethod(routes: routes))
    for route in routes {
      router.on(RouterPath(route.path), method: route.method, use: route.handler)
    }
    return router
  }
}

/// Says which methods a path takes, where the router would say that there is no such path.
private struct WrongMethod: RouterMiddleware {
  let routes: [AdminAPI.Route]

  func handle(
    _ request: Request, context: AdminRequestContext,
    next: (Request, AdminRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      let methods = Set(routes.filter { $0.matches(request.uri.path) }.map(\.method.rawValue))
      guard !methods.isEmpty, !methods.contains(request.method.rawValue) else { throw error }
      let allowed = methods.sorted().joined(separator: ", ")
      throw AdminError(
        405, "method_not_allowed", "This path takes \(allowed).", fields: [.allow: allowed])
    }
  }
}
