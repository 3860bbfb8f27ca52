import HTTPTypes
import Hummingbird
import NIOCore

extension AdminAPI {
  /// The process is alive.
  func health(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    AdminAnswer.json(["status": "ok"])
  }

  /// It can take requests: the store is loaded, it listens, and it is not stopping.
  func ready(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    var reasons: [JSONValue] = []
    if case .unreadable = store.health { reasons.append("the users' file cannot be read") }
    if !readiness.isListening { reasons.append("it does not listen yet") }
    if readiness.isDraining { reasons.append("it is stopping") }
    guard !reasons.isEmpty else { return AdminAnswer.json(["status": "ready"]) }
    return AdminAnswer.json(
      ["status": "not ready", "reasons": .array(reasons)], status: .serviceUnavailable)
  }

  func showStatus(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    AdminAnswer.json(await status().json)
  }

  /// `?user=NAME`, and with `&target=BACKEND` or `BACKEND/NAME` about one thing.
  func explain(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let query = request.uri.queryParameters
    guard let name = query["user"].map(String.init) else {
      throw AdminError.field("user", "is missing: /explain?user=NAME&target=BACKEND/NAME")
    }
    guard let user = store.user(name) else { throw StoreError.userNotFound(name) }
    let targets: [AccessTarget]
    if let text = query["target"].map(String.init) {
      guard let target = AccessTarget(text) else {
        throw AdminError.field("target", "must be BACKEND or BACKEND/NAME")
      }
      targets = [target]
    } else {
      targets = configuration.backends.compactMap { AccessTarget($0.name) }
    }
    return AdminAnswer.json(
      Explanation(
        user: user, keys: store.keys(of: user), targets: targets,
        configured: configuration.backends
      ).json)
  }

  /// What the old dashboard's address shows: where its successor is.
  func page(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let demo =
      configuration.isDemo ? "<p><strong>This is a demo: nothing here is real.</strong></p>" : ""
    let html = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>MCP Gateway</title></head>
      <body><h1>MCP Gateway</h1>\(demo)
      <p>Users, keys and access are managed in the console, on the gateway's machine over SSH:</p>
      <pre>gateway-admin</pre>
      <p>in a container: <code>docker compose exec -it mcp-gateway gateway-admin</code>; by commands:
      <code>gateway --help</code>. MCP clients use <code>/mcp</code>.</p></body></html>

      """
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
        .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }
}
