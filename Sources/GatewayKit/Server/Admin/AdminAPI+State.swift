import HTTPTypes
import Hummingbird

extension AdminAPI {
  func showMetrics(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    let text = MetricsPage.text(await status(), metrics)
    return Response(
      status: .ok, headers: [.contentType: MetricsPage.contentType],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// The process is alive.
  func health(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    AdminAnswer.json(["status": "ok"])
  }

  /// It can take requests: the store is loaded, it listens, and it is not stopping.
  ///
  /// Anyone may ask, so neither paths nor causes are in the answer; `/status` has them.
  func ready(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    var reasons: [JSONValue] = []
    var warnings: [JSONValue] = []
    if case .unreadable(let since, _) = store.health {
      let fact = "the users' file cannot be read since \(since.iso)"
      switch configuration.onUnreadableStore {
      case .refuse: reasons.append(.string("\(fact), and every request is refused; see /status"))
      case .keep: warnings.append(.string("\(fact); its last good state is served; see /status"))
      }
    }
    if !readiness.isListening { reasons.append("it does not listen yet") }
    if readiness.isDraining { reasons.append("it is stopping") }
    var answer = JSONObject([("status", reasons.isEmpty ? "ready" : "not ready")])
    if !reasons.isEmpty { answer["reasons"] = .array(reasons) }
    if !warnings.isEmpty { answer["warnings"] = .array(warnings) }
    return AdminAnswer.json(
      .object(answer), status: reasons.isEmpty ? .ok : .serviceUnavailable)
  }

  func showStatus(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    AdminAnswer.json(await status().json)
  }

  /// `?user=NAME`, and with `&target=BACKEND` or `BACKEND/NAME` about one thing.
  func explain(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
    guard let name = context.query["user"] else {
      throw AdminError.field("user", "is missing: /explain?user=NAME&target=BACKEND/NAME")
    }
    let configured = backends()
    let targets: [AccessTarget]
    if let text = context.query["target"] {
      guard let target = AccessTarget(text) else {
        throw AdminError.field("target", "must be BACKEND or BACKEND/NAME")
      }
      targets = [target]
    } else {
      targets = configured.compactMap { AccessTarget($0.name) }
    }
    try await readStore()
    guard let user = store.user(name) else { throw StoreError.userNotFound(name) }
    return AdminAnswer.json(
      Explanation(
        user: user, keys: store.keys(of: user), targets: targets, configured: configured,
        uses: await keyUses(), health: Explanation.health(of: await status().backends.map(\.json))
      ).json)
  }
}
