import HTTPTypes
import Hummingbird

/// Stands before every route, and lets through what it knows and nothing else: a path that is in
/// the table letter for letter, the admin key or the owner-only socket unless the path is public, a
/// method and query parameters that the route takes.
struct AdminGate: RouterMiddleware {
  /// Nothing secret is on these, and orchestrators and browsers come without a credential.
  static let publicPaths: Set<String> = ["/health", "/ready", "/admin", "/dashboard"]

  let routes: [AdminRoute]
  let adminKey: AdminKey
  /// Of the key that is good for `/metrics` and nothing else.
  var metricsKey: SHA256Digest?

  func handle(
    _ request: Request, context: AdminRequestContext,
    next: (Request, AdminRequestContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    var response: Response
    do {
      response = try await admit(request, &context, next: next)
    } catch let error as AdminError {
      response = try error.response(from: request, context: context)
    } catch let error as StoreError {
      response = try AdminError(error).response(from: request, context: context)
    } catch let error as HTTPError {
      response = try AdminError(error).response(from: request, context: context)
    } catch let error where !(error is CancellationError) {
      context.logger.error("\(request.method) \(loggable(request)) failed: \(error)")
      response = try AdminError(
        500, "internal_error", "Something in the gateway failed; its log says what."
      ).response(from: request, context: context)
    }
    // Keys and names of users are nobody's to keep, and nothing here is to be guessed at.
    response.headers[.cacheControl] = "no-store"
    response.headers[.xContentTypeOptions] = "nosniff"
    return response
  }

  private func loggable(_ request: Request) -> String {
    SafeText.line(AdminError.withoutSecrets(String(request.uri.path.prefix(256))))
  }

  private func admit(
    _ request: Request, _ context: inout AdminRequestContext,
    next: (Request, AdminRequestContext) async throws -> Response
  ) async throws -> Response {
    let target = AdminTarget(request.uri.string)
    let matching = AdminRoute.matching(target, in: routes)
    guard let path = matching.first?.path else { throw AdminError.notFound }
    if isPreflight(request) { return preflight(matching) }

    guard let principal = principal(request, context, path) else { throw unauthorized }
    context.principal = principal

    let method: HTTPRequest.Method = request.method == .head ? .get : request.method
    guard let route = matching.first(where: { $0.method == method }) else {
      let allowed = Self.methods(of: matching)
      throw AdminError(
        405, "method_not_allowed", "This path takes \(allowed).", fields: [.allow: allowed])
    }
    if let known = route.query { context.query = try AdminQuery(target.query, known: known) }
    return try await AuditActor.$current.withValue(context.auditActor) {
      try await next(request, context)
    }
  }

  private static func methods(of routes: [AdminRoute]) -> String {
    var methods = Set(routes.map(\.method.rawValue))
    if methods.contains("GET") { methods.insert("HEAD") }
    return methods.sorted().joined(separator: ", ")
  }

  // MARK: Who asks

  /// Nil when the request is not let in. A credential that is good for something else is no better
  /// here than none.
  private func principal(
    _ request: Request, _ context: AdminRequestContext, _ path: String
  ) -> AdminPrincipal? {
    if case .socket(let uid) = context.peer { return .socket(uid: uid) }
    if var header = request.headers[.authorization] {
      let isAdministrator = header.withUTF8 { bytes in
        guard let token = BearerToken.find(in: UnsafeRawBufferPointer(bytes)) else { return false }
        let digest = SHA256Digest(hashing: token)
        if path == "/metrics", let metricsKey, digest.isEqualInConstantTime(to: metricsKey) {
          return true
        }
        return digest.isEqualInConstantTime(to: adminKey.digest)
      }
      if isAdministrator { return .adminKey }
    }
    let isPublic =
      Self.publicPaths.contains(path) && (request.method == .get || request.method == .head)
    return isPublic ? .anyone : nil
  }

  private var unauthorized: AdminError {
    AdminError(
      401, "unauthorized",
      "This route needs the admin key: send the header Authorization: Bearer ADMIN_KEY. It is the value of ADMIN_API_KEY, else in admin.key beside the users' file; the gateway says at its start which. The owner-only socket needs none.",
      fields: [.wwwAuthenticate: "Bearer"])
  }

  // MARK: Web pages of other origins

  /// The listener has refused every Origin that the configuration does not name, and adds to its
  /// answers which one it allows; a browser without that line takes this one for a refusal.
  private func isPreflight(_ request: Request) -> Bool {
    request.method == .options && request.headers[.origin] != nil
      && request.headers[.accessControlRequestMethod] != nil
  }

  private func preflight(_ matching: [AdminRoute]) -> Response {
    Response(
      status: .noContent,
      headers: [
        .accessControlAllowMethods: Self.methods(of: matching),
        .accessControlAllowHeaders: "Authorization, Content-Type",
        .accessControlMaxAge: "600",
      ])
  }
}
