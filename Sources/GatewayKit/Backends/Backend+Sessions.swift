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
      case .otherEra(_, .modern): update { $0.view.refusesLegacy = true }
      case .full, .paused, .otherEra, .refused: break
      }
      throw error
    }
    proved(.legacy)
    return session
  }

  /// Has it log what is at least as grave.
  package func setLogLevel(_ level: LogLevel, in session: BackendSession) async throws {
    guard case .http(let http) = way else { return }
    try await http.setLogLevel(level, in: session)
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

  /// Has a backend with one channel answer a request.
  ///
  /// Ending its messages early cancels the request at the backend. The first has to come within the
  /// backend's time limit.
  ///
  /// - Throws: ``BackendError``, from here when there is no channel, else with the messages.
  package func exchange(
    _ body: [UInt8], _ envelope: Envelope, for client: ChannelClient
  ) async throws -> ChannelExchange {
    guard case .stdio(let stdio) = way else {
      throw unavailable(configuration.unavailable ?? "it is switched off")
    }
    try checkPause()
    let child = try await stdio.child(for: client)
    return ChannelExchange(
      messages: child.exchange(body, envelope, for: client, timeout: configuration.timeout),
      tell: { child.notify($0) })
  }

  /// A list as one session at an HTTP backend has it.
  package func items(
    _ list: CatalogList, in session: BackendSession
  ) async throws -> [CatalogItem] {
    guard case .http(let http) = way else { throw unavailable("it has no sessions") }
    return try await http.items(list, in: session)
  }

  /// A list as a client's channel has it.
  package func items(
    _ list: CatalogList, for client: ChannelClient
  ) async throws -> [CatalogItem] {
    guard case .stdio(let stdio) = way else { throw unavailable("it is switched off") }
    return try await stdio.items(list, for: client)
  }

  /// Passes a notification on to the channel of a client, if there is one.
  package func notify(_ body: [UInt8], for client: ChannelClient) {
    if case .stdio(let stdio) = way { stdio.runningChild(for: client)?.notify(body) }
  }

  /// A client's session has ended, and with it the process that it had for itself.
  func endSession(_ number: SessionNumber) async {
    guard configuration.isolatesSessions, case .stdio(let stdio) = way else { return }
    await stdio.end(number)
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
