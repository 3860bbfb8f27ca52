import NIOCore

/// From a head to an admitted request: target, Host and Origin, credential.
///
/// The body is not looked at, and not read, before all of this is passed.
extension ClientConnection {
  func admit() {
    if let refusal = checkHostAndOrigin() {
      reply(refusal)
      return
    }
    request.target = target()
    if case .router = request.target {
      admitToRouter()
      return
    }
    guard case .tcp = peer else {
      reply(
        .error(
          404, "not_found",
          "The admin socket serves the admin routes; MCP clients use the TCP address."))
      return
    }
    if request.head.method == .options {
      reply(HTTPReply(status: 204, headerLines: preflightLines))
      return
    }
    if hasCredentialInQuery() {
      reply(
        .error(
          400, "credential_in_url",
          "A credential never goes into a URL, where logs keep it; send Authorization: Bearer KEY and revoke this key."
        ))
      return
    }
    authenticate()
  }

  // MARK: Host and Origin

  private func checkHostAndOrigin() -> HTTPReply? {
    let head = request.head
    if head.hasDuplicateOrigin {
      return .error(403, "origin_not_allowed", "The request has more than one Origin.")
    }
    return request.headBytes.withUnsafeReadableBytes { bytes -> HTTPReply? in
      if case .tcp = peer, let host = head.host,
        !server.hosts.allowsHost(UnsafeRawBufferPointer(rebasing: bytes[host]))
      {
        return .error(
          421, "host_not_allowed",
          "This gateway does not answer to that Host; name it in gateway.hosts or gateway.publicURL."
        )
      }
      guard let origin = head.origin else { return nil }
      let value = UnsafeRawBufferPointer(rebasing: bytes[origin])
      guard server.hosts.allowsOrigin(value) else {
        return .error(
          403, "origin_not_allowed",
          "Web pages of that Origin may not use this gateway; name it in gateway.origins.")
      }
      request.allowedOrigin = Array(value)
      return nil
    }
  }

  private var preflightLines: String {
    """
    access-control-allow-methods: GET, POST, DELETE, OPTIONS\r
    access-control-allow-headers: Authorization, Content-Type, Accept, Last-Event-ID, \
    Mcp-Session-Id, MCP-Protocol-Version, Mcp-Method, Mcp-Name\r
    access-control-max-age: 600\r

    """
  }

  // MARK: Target

  /// The data path has exactly `/mcp`, `/mcp?…` and `/mcp/NAME`, as raw bytes; all else is the
  /// router's, which knows no `/mcp` in any spelling (DESIGN §7).
  private func target() -> RequestTarget {
    request.headBytes.withUnsafeReadableBytes { bytes in
      let target = UnsafeRawBufferPointer(rebasing: bytes[request.head.target])
      guard target.count >= 4, target[0] == UInt8(ascii: "/"), target[1] == UInt8(ascii: "m"),
        target[2] == UInt8(ascii: "c"), target[3] == UInt8(ascii: "p")
      else { return .router }
      if target.count == 4 || target[4] == UInt8(ascii: "?") { return .joint }
      guard target[4] == UInt8(ascii: "/"), target.count > 5 else { return .router }
      let name = UnsafeRawBufferPointer(rebasing: target[5...])
      guard !name.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else {
        return .router
      }
      return .backend(loop.routes.route(named: name)?.id)
    }
  }

  private func hasCredentialInQuery() -> Bool {
    request.headBytes.withUnsafeReadableBytes { bytes in
      let target = bytes[request.head.target]
      guard let start = target.firstIndex(of: UInt8(ascii: "?")) else { return false }
      let query = String(decoding: target[start...], as: UTF8.self).lowercased()
      return ["mcpgw_", "access_token=", "api_key=", "apikey=", "authorization="].contains {
        query.contains($0)
      }
    }
  }

  // MARK: Credential

  private func authenticate() {
    guard loop.isFresh() else { return authenticateWhenFresh() }
    if server.activity?.isBlocked == true {
      reply(
        .error(
          503, "audit_unwritable",
          "The audit log cannot be written, and the configuration says that nothing goes on without it; see gateway status.",
          headerLines: "retry-after: 5\r\n"))
      return
    }
    if let since = loop.refusesSince {
      return refuse(
        .unavailable(
          "the users' file cannot be read, and the configuration says to refuse then: try again later; the gateway's log has the reason",
          since: since), retryAfter: 5)
    }
    switch verdict() {
    case .caller(let caller):
      request.caller = caller
      admitted(caller)
    case .refused(let refusal):
      refuse(refusal)
    case .ask(let verify, let token):
      verifyToken(token, verify)
    }
  }

  private func authenticateWhenFresh() {
    let serial = serial
    loop.whenFresh { [self] isFresh in
      guard self.serial == serial else { return }
      if isFresh {
        authenticate()
      } else {
        refuse(
          .unavailable("the users' file is being read again: try once more", since: nil),
          retryAfter: 1)
      }
      // The body may lie in the buffer already.
      advance()
    }
  }

  /// - Parameter seconds: after which it is worth another try.
  private func refuse(_ error: JSONRPCError, retryAfter seconds: Int) {
    reply(
      HTTPReply(
        status: 503, json: error.body(id: nil, request: request.id),
        headerLines: "retry-after: \(seconds)\r\n"))
  }

  private enum Verdict {
    case caller(Caller)
    case refused(AuthRefusal)
    case ask(AccessTokenVerifier, String)
  }

  /// The guide's order: the static key, users' keys, OAuth tokens. A credential that fails one
  /// scheme is never read as another kind: each looks at the whole token.
  private func verdict() -> Verdict {
    guard let range = request.head.authorization else { return .refused(.missing) }
    return request.headBytes.withUnsafeReadableBytes { bytes in
      guard let token = BearerToken.find(in: UnsafeRawBufferPointer(rebasing: bytes[range])) else {
        return .refused(.malformed)
      }
      let digest = loop.hasher.hash(token)
      if let caller = server.staticCaller, digest.isEqualInConstantTime(to: caller.digest) {
        return .caller(caller.caller)
      }
      switch loop.snapshot.authenticate(digest, now: Timestamp.now.microseconds) {
      case .valid(let caller):
        request.credential = digest
        return .caller(caller)
      case .revoked(let id, let username):
        return .refused(.revoked(keyID: id, username: username))
      case .expired(let id, let username):
        return .refused(.expired(keyID: id, username: username))
      case .disabled(let id, let username):
        return .refused(.userDisabled(keyID: id, username: username))
      case .unknown:
        guard let verifier = server.tokenVerifier else { return .refused(.unknown) }
        return .ask(verifier, String(decoding: token, as: UTF8.self))
      }
    }
  }

  private func verifyToken(_ token: String, _ verify: @escaping AccessTokenVerifier) {
    run {
      await verify(token)
    } then: { connection, caller in
      guard let caller else { return connection.refuse(.unknown) }
      connection.request.caller = caller
      connection.admitted(caller)
    }
  }

  private func refuse(_ refusal: AuthRefusal) {
    recordRefusal(refusal)
    refuseUnauthenticated()
  }

  func refuseUnauthenticated() {
    reply(
      .error(
        401, "unauthorized",
        "A valid key is needed: send the header Authorization: Bearer KEY. The key may be mistyped, expired or revoked, or its user disabled; an administrator can tell with `gateway explain`.",
        headerLines: "www-authenticate: Bearer\r\n"))
  }

  private func admitted(_ caller: Caller) {
    // Reach empty while a backend is configured (DESIGN §6).
    if loop.routes.isReachEmpty(caller.rules) {
      recordDenial("every backend is blocked", backend: request.scope)
      reply(.error(403, "access_denied", "All MCPs are blocked for your user"))
      return
    }
    if case .backend(let id) = request.target,
      id.map({ loop.routes.route($0) == nil || !caller.rules.reaches($0) }) ?? true
    {
      if let id, case .deny(let rule) = caller.rules.decide(.reach(id)) {
        recordDenial(rule.description, backend: id)
      }
      reply(.error(404, "not_found", "There is nothing here; the MCP endpoint is /mcp."))
      return
    }
    // When the body came later than the head, this is the second time: on with it.
    if request.isBodyRead {
      dispatch()
      return
    }
    switch request.head.method {
    case .post:
      expectBody(upTo: limits.bodyBytes)
    case .get, .head, .delete:
      guard request.head.body == .none else {
        reply(.error(400, "bad_request", "A request with this method has no body.", closes: true))
        return
      }
      dispatch()
    default:
      reply(
        .error(
          405, "method_not_allowed", "The MCP endpoint takes POST, GET, HEAD and DELETE.",
          headerLines: "allow: POST, GET, HEAD, DELETE, OPTIONS\r\n"))
    }
  }

  /// The request is whole.
  func dispatch() {
    let late = request.isBodyLate && !request.isBodyRead
    request.isBodyRead = true
    if case .router = request.target {
      serveByRouter()
    } else if late {
      // A change since the head was admitted holds for this request too.
      authenticate()
    } else {
      serveMCP()
    }
  }

  // MARK: The router's requests

  /// The largest body of an admin route, in bytes.
  private static let routerBodyLimit = 1 << 20

  private func admitToRouter() {
    // Who has no credential gets no body read: the router sees an empty one and refuses.
    if case .tcp = peer, request.head.body != .none, !isAdministrator() {
      serveByRouter()
    } else {
      expectBody(upTo: Self.routerBodyLimit)
    }
  }

  private func isAdministrator() -> Bool {
    guard let range = request.head.authorization else { return false }
    return request.headBytes.withUnsafeReadableBytes { bytes in
      guard let token = BearerToken.find(in: UnsafeRawBufferPointer(rebasing: bytes[range])) else {
        return false
      }
      return loop.hasher.hash(token).isEqualInConstantTime(to: server.adminKeyDigest)
    }
  }
}
