extension Backend {
  /// Begins a legacy session at an HTTP backend: `initialize` and `notifications/initialized`.
  ///
  /// - Throws: ``BackendError``; `otherEra` when it speaks no legacy version.
  package func openSession(
    client: ClientIdentity, version: ProtocolVersion
  ) async throws -> BackendSession {
    guard case .http(let http) = way else { throw unavailable("it has no sessions") }
    try checkPause()
    let session: BackendSession
    do {
      session = try await http.openSession(client: client, version: version)
    } catch let error as BackendError {
      switch error {
      case .timedOut: recordFailure(.timedOut)
      case .unavailable, .badAnswer: recordFailure(.failed(error.description))
      case .paused, .otherEra, .refused: break
      }
      throw error
    }
    proved(.legacy)
    return session
  }

  /// Ends one, as well as can be.
  package func closeSession(_ session: BackendSession) async {
    if case .http(let http) = way { await http.closeSession(session) }
  }

  /// Tells an HTTP backend that nobody waits for an answer any more.
  ///
  /// - Parameter id: the request's, as it is spelled.
  package func cancel(_ id: [UInt8], in session: BackendSession, reason: String) async {
    guard case .http(let http) = way, let id = try? JSONValue.parse(id) else { return }
    await http.cancel(id, in: session, reason: reason)
  }

  /// Has a stdio backend's child of that era answer a request.
  ///
  /// The stream gives its progress and log messages, with the request's own progress token, and then
  /// its response, with the request's own id. Ending the stream earlier cancels the request at the
  /// child. The first message has to come within the backend's time limit.
  ///
  /// - Throws: ``BackendError``, from here when there is no such child, else from the stream.
  package func exchange(
    _ body: [UInt8], era: ProtocolVersion.Era, envelope: Envelope
  ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
    guard case .stdio(let stdio) = way else {
      throw unavailable(configuration.unavailable ?? "it is switched off")
    }
    try checkPause()
    return try await stdio.child(of: era)
      .exchange(body, envelope, timeout: configuration.timeout)
  }

  /// Passes a notification on to a stdio backend's child of that era, if one runs.
  package func notify(_ body: [UInt8], era: ProtocolVersion.Era) {
    if case .stdio(let stdio) = way { stdio.runningChild(of: era)?.notify(body) }
  }

  private func checkPause() throws(BackendError) {
    if case .paused(let until) = view.state {
      throw .paused(backend: configuration.name, until: until)
    }
  }

  private func unavailable(_ reason: String) -> BackendError {
    .unavailable(backend: configuration.name, reason: reason, since: view.since)
  }
}
