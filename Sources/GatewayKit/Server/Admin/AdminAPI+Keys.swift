import Hummingbird

extension AdminAPI {
  private func selector(_ context: AdminRequestContext) throws -> KeySelector {
    .id(try parameter("key_id", context))
  }

  private func lifetime(_ body: AdminBody, null: String) throws -> KeyLifetime? {
    try body.integer("ttl_days", in: KeyLifetime.range, null: null, word: "invalid_ttl")
      .map { .days($0) }
  }

  func createKey(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let name = try parameter("username", context)
    let body = try await AdminBody(
      request, context, known: ["key_name", "ttl_days"], isOptional: true)
    let issued = try await store.issueKey(
      for: name, named: try body.string("key_name"), ttl: try lifetime(body, null: "no end"))
    return AdminAnswer.json(issued.json(status: "created"), status: .created)
  }

  static let keysQuery = ["username", "state", "name", "unused", "expiring", "never_expiring"]

  /// With `username`, `state`, `name`, `unused`, `expiring` and `never_expiring` as filters.
  func listKeys(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let filter = try keyFilter(context)
    try await readStore()
    var keys = store.keys()
    if let username = context.query["username"] {
      guard let user = store.user(username) else { throw StoreError.userNotFound(username) }
      keys = keys.filter { $0.userID == user.id }
    }
    let now = Timestamp.now
    let uses = await keyUses()
    keys = keys.filter { filter.matches($0, uses, at: now) }
    if let name = context.query["name"] { keys = keys.filter { $0.name == name } }
    return AdminAnswer.json(["keys": .array(keys.map { $0.json(at: now, uses[$0.id]) })])
  }

  private func keyFilter(_ context: AdminRequestContext) throws -> KeyFilter {
    var filter = KeyFilter()
    if let text = context.query["state"] {
      guard let state = KeyState(rawValue: text) else {
        let states = KeyState.allCases.map(\.rawValue).joined(separator: ", ")
        throw AdminError.field("state", "must be one of \(states)")
      }
      filter.state = state
    }
    func duration(_ name: String) throws -> Duration? {
      guard let text = context.query[name] else { return nil }
      guard let duration = DurationText.parse(text) else {
        throw AdminError.field(name, "must be a time such as 90d or 12h")
      }
      return duration
    }
    filter.unused = try duration("unused")
    filter.expiring = try duration("expiring")
    if let text = context.query["never_expiring"] {
      guard text == "true" || text == "false" else {
        throw AdminError.field("never_expiring", "must be true or false")
      }
      filter.neverExpires = text == "true"
    }
    return filter
  }

  /// By the key itself, or by its id. Twice is no error.
  func revokeKey(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let body = try await AdminBody(request, context, known: ["api_key", "key_id"])
    let selector: KeySelector
    switch (try body.string("api_key"), try body.string("key_id")) {
    case (let secret?, nil): selector = .secret(secret)
    case (nil, let id?): selector = .id(id)
    default: throw AdminError.field("api_key", "or key_id must be given, one of them, a string")
    }
    let key = try await store.revokeKey(selector)
    return AdminAnswer.json([
      "status": "revoked", "key_id": .string(key.id), "username": .string(key.username),
    ])
  }

  /// Renames and extends.
  func changeKey(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let selector = try selector(context)
    let known = ["key_name", "ttl_days"]
    let body = try await AdminBody(request, context, known: known)
    try body.requireAny(of: known)
    let life = try lifetime(body, null: "no end")
    let name = try body.string("key_name")
    if body.has("key_name"), name == nil {
      throw AdminError.field("key_name", "must be a string: a key has a name")
    }
    try await readStore()
    let key =
      switch (name, body.has("ttl_days")) {
      case (let name?, true): try await store.changeKey(selector, named: name, ttl: life)
      case (let name?, false): try await store.renameKey(selector, to: name)
      default: try await store.extendKey(selector, ttl: life)
      }
    return AdminAnswer.json(["status": "updated", "key": key.json(at: .now)])
  }

  func rotateKey(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let selector = try selector(context)
    let body = try await AdminBody(
      request, context, known: ["grace_hours", "ttl_days"], isOptional: true)
    let hours = try body.integer(
      "grace_hours", in: 0...8760, null: "24 hours", word: "invalid_value")
    let issued = try await store.rotateKey(
      selector, grace: .seconds((hours ?? 24) * 3600),
      ttl: try lifetime(body, null: "the old key's length of life"))
    return AdminAnswer.json(issued.json(status: "rotated"), status: .created)
  }
}
