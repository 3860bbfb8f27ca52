import Hummingbird

extension AdminAPI {
  private func keyID(_ context: AdminRequestContext) throws -> KeySelector {
    guard let id = context.parameters.get("key_id"), !id.isEmpty else {
      throw AdminError(404, "not_found", "There is nothing at this path.")
    }
    return .id(id)
  }

  private func lifetime(_ body: AdminBody) throws -> KeyLifetime? {
    try body.integer("ttl_days", in: KeyLifetime.range).map { .days($0) }
  }

  func createKey(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let name = try username(context)
    let body = try await AdminBody(
      request, context, known: ["key_name", "ttl_days"], isOptional: true)
    let issued = try await store.issueKey(
      for: name, named: try body.string("key_name"), ttl: try lifetime(body))
    return AdminAnswer.json(issued.json(status: "created"), status: .created)
  }

  /// With `username`, `state` and `name` as filters.
  func listKeys(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let query = request.uri.queryParameters
    let known: Set<Substring> = ["username", "state", "name"]
    if let stray = query.map(\.key).first(where: { !known.contains($0) }) {
      throw AdminError.field(
        SafeText.line(String(stray)), "is no filter; there are username, state and name")
    }
    var keys = store.keys()
    if let username = query["username"] {
      guard let user = store.user(String(username)) else {
        throw StoreError.userNotFound(String(username))
      }
      keys = keys.filter { $0.userID == user.id }
    }
    let now = Timestamp.now
    if let text = query["state"] {
      guard let state = KeyState(rawValue: String(text)) else {
        throw AdminError.field("state", "must be valid, expired, revoked or disabled")
      }
      keys = keys.filter { $0.state(at: now) == state }
    }
    if let name = query["name"] { keys = keys.filter { $0.name == name } }
    return AdminAnswer.json(["keys": .array(keys.map { $0.json(at: now) })])
  }

  /// By the key itself, or by its id. Twice is no error.
  func revokeKey(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let body = try await AdminBody(request, context, known: ["api_key", "key_id"])
    let selector: KeySelector
    switch (try body.string("api_key"), try body.string("key_id")) {
    case (let secret?, nil): selector = .secret(secret)
    case (nil, let id?): selector = .id(id)
    default:
      throw AdminError(422, "invalid_value", "Give either api_key or key_id, a string.")
    }
    let key = try await store.revokeKey(selector)
    return AdminAnswer.json([
      "status": "revoked", "key_id": .string(key.id), "username": .string(key.username),
    ])
  }

  /// Renames and extends.
  func changeKey(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let selector = try keyID(context)
    let body = try await AdminBody(request, context, known: ["key_name", "ttl_days"])
    let life = try lifetime(body)
    var key = try store.key(selector)
    if let name = try body.string("key_name") {
      key = try await store.renameKey(selector, to: name)
    }
    if body.has("ttl_days") { key = try await store.extendKey(selector, ttl: life) }
    return AdminAnswer.json(["status": "updated", "key": key.json(at: .now)])
  }

  func rotateKey(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let selector = try keyID(context)
    let body = try await AdminBody(
      request, context, known: ["grace_hours", "ttl_days"], isOptional: true)
    let hours = try body.integer("grace_hours", in: 0...8760) ?? 24
    let issued = try await store.rotateKey(
      selector, grace: .seconds(hours * 3600), ttl: try lifetime(body))
    return AdminAnswer.json(issued.json(status: "rotated"), status: .created)
  }
}
