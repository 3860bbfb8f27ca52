import Logging

/// The one owner of all legacy sessions (`data-path.md`, The shape, 8).
///
/// Event loops keep read copies and come here for what those lack: to open an id that a loop has
/// not seen, to make a backend session (one per backend and session, however many ask at once), to
/// make a lost one again, to end one. Each change goes to every loop before it is answered.
package actor SessionRegistry {
  package enum Refusal: Error, Sendable {
    /// It does not open, is another's, is too old or was ended: all the same to the client.
    case unknown
    case backend(BackendError)
  }

  /// How long a session may lie unused before its backend sessions are ended, in seconds.
  static let idleLimit = StdioBackend.standardIdleTime.components.seconds

  private struct Session {
    var entry: SessionEntry
    var making: [BackendID: Task<BackendSession, any Error>] = [:]
  }

  private let sealer: Sealer
  private let lifetime: Duration
  private let perPrincipal: Int
  private let backends: BackendSet
  private let ended: EndedSessions
  private let logger: Logger
  private var sessions: [SessionNumber: Session] = [:]
  private var counts: [Principal: Int] = [:]
  private var publish: @Sendable (SessionNumber, SessionEntry?) async -> Void = { _, _ in }

  package init(
    sealer: Sealer, lifetime: Duration, perPrincipal: Int, backends: BackendSet,
    ended: EndedSessions, logger: Logger
  ) {
    self.sealer = sealer
    self.lifetime = lifetime
    self.perPrincipal = perPrincipal
    self.backends = backends
    self.ended = ended
    self.logger = logger
  }

  /// Sets who gets each new copy; nil takes a copy away.
  package func onChange(
    _ publish: @escaping @Sendable (SessionNumber, SessionEntry?) async -> Void
  ) {
    self.publish = publish
  }

  package var count: Int { sessions.count }
  package var entries: [SessionEntry] { sessions.values.map(\.entry) }
  /// How many the principal with the most of them has.
  package var mostOfOne: Int { counts.values.max() ?? 0 }

  /// Begins a session. Nil when the client's own members do not fit into an id.
  package func begin(
    principal: Principal, version: ProtocolVersion, client: ClientIdentity, backend: String?,
    link: SessionEntry.Link?
  ) async -> SessionEntry? {
    let token = SessionToken(
      number: SessionNumber(), principal: principal, version: version, client: client,
      issued: .now, backend: backend)
    guard let sealed = token.sealed(by: sealer) else { return nil }
    let entry = SessionEntry(
      token: token, sealed: Array(sealed.utf8), links: link.map { [$0] } ?? [],
      lastUsed: MonotonicClock.seconds)
    await keep(entry)
    return entry
  }

  /// The session that a client's header names.
  package func open(_ sealed: [UInt8], for principal: Principal) async throws(Refusal)
    -> SessionEntry
  {
    guard let token = sealed.withUnsafeBytes({ SessionToken(opening: $0, with: sealer) }),
      token.principal == principal, !ended.contains(token.number), !isTooOld(token)
    else { throw .unknown }
    if let known = sessions[token.number] {
      // Sealing draws a nonce: one session has one id, so another spelling is not ours.
      guard known.entry.sealed == sealed else { throw .unknown }
      await publish(token.number, known.entry)
      return known.entry
    }
    let entry = SessionEntry(
      token: token, sealed: sealed, links: [], lastUsed: MonotonicClock.seconds)
    await keep(entry)
    return entry
  }

  private func keep(_ entry: SessionEntry) async {
    let principal = entry.token.principal
    sessions[entry.token.number] = Session(entry: entry)
    counts[principal, default: 0] += 1
    await publish(entry.token.number, entry)
    if counts[principal, default: 0] > perPrincipal {
      await putAwayUnused(of: principal, but: entry.token.number)
    }
  }

  /// Forgets a tenth of a principal's sessions, those longest unused: their ids stay good.
  private func putAwayUnused(of principal: Principal, but newest: SessionNumber) async {
    let own = sessions.values.map(\.entry).filter { $0.token.principal == principal }
    let oldest = own.sorted {
      $0.lastUsed.load(ordering: .relaxed) < $1.lastUsed.load(ordering: .relaxed)
    }
    for entry in oldest.prefix(own.count - perPrincipal + perPrincipal / 10)
    where entry.token.number != newest {
      // Who begins a session does not wait for the ends of others.
      let links = await drop(entry.token.number)
      if !links.isEmpty { Task { await close(links) } }
    }
  }

  /// The session's link to a backend, made on first use. `lost` is the backend session id that
  /// the backend no longer knows: it is made again once, whoever finds it lost.
  package func link(
    _ entry: SessionEntry, to backend: BackendID, replacing lost: String? = nil
  ) async throws(Refusal) -> SessionEntry {
    let number = entry.token.number
    // It may have been put away since the loop took its copy.
    if sessions[number] == nil { _ = try await open(entry.sealed, for: entry.token.principal) }
    guard let session = sessions[number] else { throw .unknown }
    if let link = session.entry.link(backend), lost == nil || link.session.id != lost {
      return session.entry
    }
    guard let peer = backends.backend(backend) else {
      throw .backend(
        .unavailable(backend: backend.name, reason: "it is no longer configured", since: nil))
    }
    let making: Task<BackendSession, any Error>
    if let running = session.making[backend] {
      making = running
    } else {
      let token = session.entry.token
      // A joint session offers its backends no client features: which backend a later answer
      // belongs to could not be told. A session of one backend offers all the client has.
      let client =
        token.backend == nil
        ? ClientIdentity(info: token.client.info, capabilities: .object(JSONObject()))
        : token.client
      making = Task { try await peer.openSession(client: client, version: token.version) }
      sessions[number]?.making[backend] = making
    }
    let made: Result<BackendSession, any Error> = await making.result
    if sessions[number]?.making[backend] == making { sessions[number]?.making[backend] = nil }
    switch made {
    case .failure(let error):
      throw .backend(.wrapping(error, backend: backend.name))
    case .success(let opened):
      guard let current = sessions[number]?.entry else {
        await peer.closeSession(opened)
        throw .unknown
      }
      if current.link(backend)?.session.id == opened.id, current.link(backend) != nil {
        return current
      }
      let entry = SessionEntry(
        token: current.token, sealed: current.sealed,
        links: current.links.filter { $0.backend != backend }
          + [SessionEntry.Link(backend: backend, session: opened)],
        lastUsed: current.lastUsed.load(ordering: .relaxed))
      sessions[number]?.entry = entry
      await publish(number, entry)
      return entry
    }
  }

  /// Ends a session and what it opened at the backends. On return it is known ended on disk.
  ///
  /// - Parameter endCalls: ends what is under way in it, before the backends are told.
  package func end(
    _ entry: SessionEntry, endCalls: @Sendable () async -> Void = {}
  ) async throws {
    try await ended.add(
      entry.token.number, until: entry.token.issued.advanced(by: lifetime))
    await endCalls()
    await forget(entry.token.number)
  }

  /// Ends the backend sessions of all; the clients' ids stay good for the next start.
  package func closeBackendSessions() async {
    await withDiscardingTaskGroup { group in
      for number in sessions.keys { group.addTask { await self.forget(number) } }
    }
  }

  /// Ends the backend sessions of those that nobody used for an hour.
  package func closeIdle() async {
    let limit = MonotonicClock.seconds - Self.idleLimit
    for (number, session) in sessions
    where session.entry.lastUsed.load(ordering: .relaxed) < limit {
      await forget(number)
    }
  }

  private func forget(_ number: SessionNumber) async {
    await close(await drop(number))
  }

  /// Takes a session out of memory, here and on the loops; what it opened at the backends.
  private func drop(_ number: SessionNumber) async -> [SessionEntry.Link] {
    guard let session = sessions.removeValue(forKey: number) else { return [] }
    let principal = session.entry.token.principal
    let left = counts[principal, default: 1] - 1
    counts[principal] = left > 0 ? left : nil
    await publish(number, nil)
    return session.entry.links
  }

  private func close(_ links: [SessionEntry.Link]) async {
    await withDiscardingTaskGroup { group in
      for link in links {
        guard let backend = backends.backend(link.backend) else { continue }
        group.addTask { await backend.closeSession(link.session) }
      }
    }
  }

  private func isTooOld(_ token: SessionToken) -> Bool {
    token.issued.advanced(by: lifetime) < .now
  }
}
