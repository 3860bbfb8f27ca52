import HTTPTypes
import Hummingbird

/// Stands before every route: nothing is served without the admin key but what is named here.
struct AdminGate: RouterMiddleware {
  /// Nothing secret is on these, and orchestrators and browsers come without a credential.
  static let publicPaths: Set<String> = ["/health", "/ready", "/admin", "/dashboard"]

  let adminKey: AdminKey
  let routes: [AdminAPI.Route]

  func handle(
    _ request: Request, context: AdminRequestContext,
    next: (Request, AdminRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      guard isLetIn(request, context) else {
        // What is nowhere is nowhere for everybody, and says nothing of what is behind the key.
        throw routes.contains { $0.matches(request.uri.path) } ? unauthorized : Self.nothingHere
      }
      return try await next(request, context)
    } catch let error as StoreError {
      return try AdminError(error).response(from: request, context: context)
    } catch let error as AdminError {
      return try error.response(from: request, context: context)
    } catch let error as HTTPError where error.status == .contentTooLarge {
      return try AdminError(
        413, "body_too_large", "The body is larger than \(context.maxUploadSize) bytes."
      )
      .response(from: request, context: context)
    } catch let error as HTTPError where error.status == .notFound {
      return try Self.nothingHere.response(from: request, context: context)
    }
  }

  private static var nothingHere: AdminError {
    AdminError(404, "not_found", "There is nothing at this path; MCP clients use /mcp.")
  }

  private func isLetIn(_ request: Request, _ context: AdminRequestContext) -> Bool {
    if case .socket = context.peer { return true }
    if Self.publicPaths.contains(request.uri.string),
      request.method == .get || request.method == .head
    {
      return true
    }
    guard var header = request.headers[.authorization] else { return false }
    return header.withUTF8 { bytes in
      guard let token = BearerToken.find(in: UnsafeRawBufferPointer(bytes)) else { return false }
      return SHA256Digest(hashing: token).isEqualInConstantTime(to: adminKey.digest)
    }
  }

  private var unauthorized: AdminError {
    AdminError(
      401, "unauthorized",
      "This route needs the admin key: send the header Authorization: Bearer ADMIN_KEY. The key is in \(adminKey.place); the owner-only socket needs none.",
      fields: [.wwwAuthenticate: "Bearer"])
  }
}
