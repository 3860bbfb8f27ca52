import NIOCore

/// What a change ends while it is under way: of the store, of the backends, or of the time
/// (DESIGN §12). Everything that is answered later than at once is looked at again with each new
/// snapshot, and each second.
extension ClientConnection {
  /// Ends what is under way here if it may not go on.
  ///
  /// - Parameter now: microseconds since 1970.
  func lookAgain(_ now: Int64) {
    guard case .answering = phase else { return }
    // Who listens, or waits for an answer, uses the session.
    (request.session?.use ?? answer.listening?.session)?.note()
    if let cause = endingCause(now) { end(cause) }
  }

  /// Ends what is under way here if it belongs to a session that was ended.
  func endIfOf(_ session: SessionNumber) {
    guard case .answering = phase, request.session?.token.number == session,
      request.head.method != .delete
    else { return }
    end(.sessionEnded)
  }

  private func end(_ cause: EndingCause) {
    cancelAtBackend()
    answer.outcome = .ended(cause)
    if answer.isOpenEnded { record(.streamEnded, [("cause", cause.rawValue)]) }
    guard !answer.hasBegun else {
      // Nothing can be said in it any more.
      if answer.isOpenEnded { closeOpenStream() } else { abort() }
      return
    }
    leaveUpstream()
    leaveCall()
    serial += 1
    switch cause {
    case .keyRevoked, .keyExpired, .userDisabled, .keyGone:
      leaveBatch()
      refuseUnauthenticated()
    case .sessionEnded:
      leaveBatch()
      reply(unknownSession)
    case .accessNarrowed:
      reply(.error(403, "access_denied", "Your access was changed, and this is no longer in it."))
    case .backendRemoved, .gatewayStopped:
      answerError(.backendUnavailable(request.forward?.backend.name ?? "", since: .now))
    }
    advance()
  }

  /// What is left of a batch is not begun.
  private func leaveBatch() {
    endCall(.ok)
    request.batch = nil
  }

  private func endingCause(_ now: Int64) -> EndingCause? {
    if let forward = request.forward, loop.routes.route(forward.backend) == nil {
      return .backendRemoved
    }
    guard let credential = request.credential, let caller = request.caller else { return nil }
    let verdict = loop.snapshot.authenticate(credential, now: now)
    guard case .valid(let present) = verdict else { return EndingCause(verdict) }
    // The same object: nothing was changed since.
    guard present !== caller else { return nil }
    request.caller = present
    guard isStillAllowed(present.rules) else { return .accessNarrowed }
    if present.rules != caller.rules { accessChanged() }
    return nil
  }

  private func isStillAllowed(_ rules: AccessRules) -> Bool {
    if loop.routes.isReachEmpty(rules) { return false }
    if let scope = request.scope, !rules.reaches(scope) { return false }
    guard let forward = request.forward else { return true }
    return rules.reaches(forward.backend) && isOperationAllowed(at: forward.backend)
  }

  private func closeOpenStream() {
    answer.closes = true
    endOpenStream()
  }

  /// A modern request is cancelled by the end of its connection, a legacy one by being told so.
  private func cancelAtBackend() {
    task?.cancel()
    backendCall?.cancel("the access of its caller has ended")
    backendCall = nil
    guard request.era == .legacy, upstream != nil, let forward = request.forward,
      let session = request.session?.link(forward.backend)?.session,
      let id = request.bodyBytes(request.envelope?.id),
      let backend = server.backends.backend(forward.backend)
    else { return }
    Task { await backend.cancel(id, in: session, reason: "the access of its caller has ended") }
  }
}
