import Hummingbird

extension AdminAPI {
  /// The name in the path, unescaped.
  func username(_ context: AdminRequestContext) throws -> String {
    guard let name = context.parameters.get("username"), !name.isEmpty else {
      throw AdminError(404, "not_found", "There is nothing at this path.")
    }
    return name
  }

  func existing(_ context: AdminRequestContext) throws -> User {
    let name = try username(context)
    guard let user = store.user(name) else { throw StoreError.userNotFound(name) }
    return user
  }

  private func json(_ user: User) -> JSONValue { user.json(keys: store.keys(of: user)) }

  func createUser(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let body = try await AdminBody(request, context, known: ["username", "email", "description"])
    guard let username = try body.string("username") else {
      throw AdminError.field("username", "is missing: it must be a string")
    }
    let user = try await store.createUser(
      username, email: try body.string("email"), description: try body.string("description"))
    return AdminAnswer.json(["status": "created", "user": json(user)], status: .created)
  }

  func listUsers(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let keys = Dictionary(grouping: store.keys(), by: \.userID)
    return AdminAnswer.json([
      "users": .array(store.users().map { $0.json(keys: keys[$0.id] ?? []) })
    ])
  }

  func showUser(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    AdminAnswer.json(json(try existing(context)))
  }

  func editUser(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let name = try username(context)
    let body = try await AdminBody(request, context, known: ["email", "description", "metadata"])
    let user = try await store.editUser(
      name, email: try change("email", body), description: try change("description", body),
      metadata: try body.object("metadata"))
    return AdminAnswer.json(["status": "updated", "user": json(user)])
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
      for: name, allowed: try body.strings("allowed_mcps"),
      blocked: try body.strings("blocked_mcps"))
    return AdminAnswer.json(
      AccessSummary(user: user, configured: configuration.backends).json(status: "updated"))
  }
}
