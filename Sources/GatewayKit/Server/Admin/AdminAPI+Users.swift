import Hummingbird

extension AdminAPI {
  private func username(_ context: AdminRequestContext) throws -> String {
    try parameter("username", context)
  }

  private func json(_ user: User) async -> JSONValue {
    user.json(keys: store.keys(of: user), await keyUses())
  }

  /// When keys were last used.
  func keyUses() async -> KeyUses { await usage?.keyUses() ?? .none }

  func createUser(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let body = try await AdminBody(request, context, known: ["username", "email", "description"])
    guard let username = try body.string("username") else {
      throw AdminError.field("username", "is missing: it must be a string")
    }
    let user = try await store.createUser(
      username, email: try body.string("email"), description: try body.string("description"))
    return AdminAnswer.json(["status": "created", "user": await json(user)], status: .created)
  }

  func listUsers(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    try await readStore()
    let keys = Dictionary(grouping: store.keys(), by: \.userID)
    let uses = await keyUses()
    return AdminAnswer.json([
      "users": .array(store.users().map { $0.json(keys: keys[$0.id] ?? [], uses) })
    ])
  }

  func showUser(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let name = try username(context)
    try await readStore()
    guard let user = store.user(name) else { throw StoreError.userNotFound(name) }
    return AdminAnswer.json(await json(user))
  }

  func editUser(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let name = try username(context)
    let known = ["email", "description", "metadata"]
    let body = try await AdminBody(request, context, known: known)
    try body.requireAny(of: known)
    let user = try await store.editUser(
      name, email: try change("email", body), description: try change("description", body),
      metadata: try body.object("metadata"))
    return AdminAnswer.json(["status": "updated", "user": await json(user)])
  }

  private func change(_ name: String, _ body: AdminBody) throws -> Change<String> {
    guard body.has(name) else { return .keep }
    return try body.string(name).map { .set($0) } ?? .clear
  }

  func deleteUser(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let name = try username(context)
    try await store.deleteUser(name)
    return AdminAnswer.json(["status": "deleted", "username": .string(name)])
  }

  /// `{"enabled": bool}`; without a body it toggles.
  func enableUser(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let name = try username(context)
    let body = try await AdminBody(request, context, known: ["enabled"], isOptional: true)
    let isEnabled: Bool
    if let wanted = try body.bool("enabled") {
      isEnabled = try await store.setEnabled(wanted, for: name)
    } else {
      isEnabled = try await store.toggleEnabled(name)
    }
    return AdminAnswer.json([
      "status": isEnabled ? "enabled" : "disabled", "username": .string(name),
      "enabled": .bool(isEnabled),
    ])
  }

  /// An omitted list is emptied, as in the guide.
  func setAccess(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let name = try username(context)
    let body = try await AdminBody(request, context, known: ["allowed_mcps", "blocked_mcps"])
    let user = try await store.setAccess(
      for: name, allowed: try body.entries("allowed_mcps"),
      blocked: try body.entries("blocked_mcps"))
    return AdminAnswer.json(
      AccessSummary(user: user, backends: backends().map(\.name)).json(status: "updated"))
  }
}
