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

  /// Gives each new copy to the loops, in the order in which they are made; what it returns waits until
  /// they have it. Nil takes a copy away.
  package typealias Publish =
    @Sendable (SessionNumber, SessionEntry?) -> @Sendable () async -> Void

  /// How long a session may lie unused before its backend sessions are ended, in seconds.
  static let idleLimit = StdioBackend.standardIdleTime.components.seconds

  /// How many sessions the gateway keeps for the modern clients of one principal.
  static let pooledPerPrincipal = 256

  private struct Session {
    var entry: SessionEntry
    var making: [BackendID: Task<BackendSession, any Error>] = [:]
  }

  private let sealer: Sealer
  private let lifetime: Duration
  private let perPrincipal: Int
  private let backends: BackendSet
  private let ended: EndedSessions
  /// Those that have a log level or subscriptions, which do not outlive the process: at the next start
  /// they are ended, so that their clients begin anew (DESIGN §8).
  private let bound: EndedSessions
  private let logger: Logger
  private var sessions: [SessionNumber: Session] = [:]
  private var counts: [Principal: Int] = [:]
  private var pool: [PoolKey: SessionNumber] = [:]
  private var onEnd: @Sendable (SessionNumber) -> Void = { _ in }
  private var publish: Publish = { _, _ in {} }

  package init(
    sealer: Sealer, lifetime: Duration, perPrincipal: Int, backends: BackendSet,
    ended: EndedSessions, bound: EndedSessions, logger: Logger
  ) {
    self.sealer = sealer
    self.lifetime = lifetime
    self.perPrincipal = perPrincipal
    self.backends = backends
    self.ended = ended
    self.bound = bound
    self.logger = logger
  }

  /// Sets who gets each new copy.
  ///
  /// - Parameter onEnd: who hears that a session has ended for good.
  package func onChange(
    _ publish: @escaping Publish,
    onEnd: @escaping @Sendable (SessionNumber) -> Void = { _ in }
  ) {
    self.publish = publish
    self.onEnd = onEnd
  }

  /// The sessions that clients have; not those that are kept at legacy backends for modern clients.
  package var entries: [SessionEntry] {
    sessions.values.map(\.entry).filter { $0.poolKey == nil }
  }
  /// How many the principal with the most of them has, those for modern clients too.
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
      token: token, sealed: Array(sealed.utf8), links: link.map { [$0] } ?? [])
    await keep(entry)
    return entry
  }

  /// The session that modern clients of one caller have at legacy backends, if they can be asked the
  /// same things; made on first use.
  ///
  /// - Parameter info: the `clientInfo` of who is the first, as JSON.
  package func pooled(_ key: PoolKey, info: [UInt8]?) async -> SessionEntry {
    if let number = pool[key], let known = sessions[number] {
      known.entry.use.note()
      return known.entry
    }
    let client = ClientIdentity(
      info: info.flatMap { try? JSONValue.parse($0) },
      capabilities: (try? JSONValue.parse(key.capabilities)) ?? .object(JSONObject()))
    let token = SessionToken(
      number: SessionNumber(), principal: key.principal, version: .newestLegacy, client: client,
      issued: .now, backend: nil)
    let entry = SessionEntry(token: token, sealed: [], poolKey: key)
    await makeRoom(for: key.principal)
    pool[key] = token.number
    await keep(entry)
    return entry
  }

  /// Who says each time something else of what its client can be asked gets a few sessions, not one
  /// for each.
  private func makeRoom(for principal: Principal) async {
    let own = pool.filter { $0.key.principal == principal }.compactMap { sessions[$0.value]?.entry }
    guard own.count >= Self.pooledPerPrincipal,
      let oldest = own.min(by: { $0.use.last < $1.use.last })
    else { return }
    await putAway(oldest.token.number)
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
      await publish(token.number, known.entry)()
      return known.entry
    }
    let entry = SessionEntry(token: token, sealed: sealed)
    await keep(entry)
    return entry
  }

  private func keep(_ entry: SessionEntry) async {
    let principal = entry.token.principal
    sessions[entry.token.number] = Session(entry: entry)
    counts[principal, default: 0] += 1
    await publish(entry.token.number, entry)()
    if counts[principal, default: 0] > perPrincipal {
      await putAwayUnused(of: principal, but: entry.token.number)
    }
  }

  /// Forgets a tenth of a principal's sessions, those longest unused: their ids stay good.
  private func putAwayUnused(of principal: Principal, but newest: SessionNumber) async {
    let own = sessions.values.map(\.entry).filter { $0.token.principal == principal }
    let oldest = own.sorted { $0.use.last < $1.use.last }
    for entry in oldest.prefix(own.count - perPrincipal + perPrincipal / 10)
    where entry.token.number != newest {
      await putAway(entry.token.number)
    }
  }

  /// Forgets a session, whose id stays good. Who has that done does not wait for its end at the backends.
  private func putAway(_ number: SessionNumber) async {
    let links = await drop(number)
    if !links.isEmpty { Task { await close(links) } }
  }

  /// The session's link to a backend, made on first use.
  ///
  /// - Parameters:
  ///   - lost: the backend session id that the backend no longer knows: it is made again once, whoever
  ///     finds it lost.
  ///   - logLevel: what the backend has to log at least, beside what the session's own level is.
  package func link(
    _ entry: SessionEntry, to backend: BackendID, replacing lost: String? = nil,
    logLevel: LogLevel? = nil
  ) async throws(Refusal) -> SessionEntry {
    let number = entry.token.number
    // It may have been put away since the loop took its copy.
    if sessions[number] == nil {
      if let key = entry.poolKey {
        _ = await pooled(key, info: entry.token.client.info?.bytes)
        guard let number = pool[key], let again = sessions[number]?.entry else { throw .unknown }
        return try await link(again, to: backend, replacing: lost, logLevel: logLevel)
      }
      _ = try await open(entry.sealed, for: entry.token.principal)
    }
    guard let session = sessions[number] else { throw .unknown }
    guard let peer = backends.backend(backend) else {
      throw .backend(
        .unavailable(backend: backend.name, reason: "it is no longer configured", since: nil))
    }
    let level = [logLevel, session.entry.logLevel].compactMap { $0 }.min()
    if let link = session.entry.link(backend), lost == nil || link.session.id != lost {
      return try await log(link, of: number, level, at: peer)
    }
    let making: Task<BackendSession, any Error>
    if let running = session.making[backend] {
      making = running
    } else {
      let token = session.entry.token
      making = Task { try await peer.openSession(client: token.client, version: token.version) }
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
      let known = current.link(backend)
      let link =
        known?.session.id == opened.id ? known : nil
      // Lost, as far as its backend said; where that was wrong nobody else would end it.
      if link == nil, let old = known?.session { Task { await peer.closeSession(old) } }
      return try await log(
        link ?? SessionEntry.Link(backend: backend, session: opened), of: number, level, at: peer)
    }
  }

  /// Has a backend log what is wanted, where it does not yet, and keeps the link.
  private func log(
    _ link: SessionEntry.Link, of number: SessionNumber, _ level: LogLevel?, at peer: Backend
  ) async throws(Refusal) -> SessionEntry {
    var link = link
    if let level, !link.takes(level) {
      do {
        try await peer.setLogLevel(level, in: link.session)
      } catch {
        throw .backend(.wrapping(error, backend: link.backend.name))
      }
      link = SessionEntry.Link(backend: link.backend, session: link.session, logLevel: level)
    }
    guard let current = sessions[number]?.entry else { throw .unknown }
    if let known = current.link(link.backend), known.session.id == link.session.id,
      known.logLevel == link.logLevel
    {
      return current
    }
    let entry = current.linked(link)
    sessions[number]?.entry = entry
    await publish(number, entry)()
    return entry
  }

  /// Notes on disk that a session has what does not outlive the process.
  package func bind(_ entry: SessionEntry) async throws {
    guard !bound.contains(entry.token.number) else { return }
    try await bound.add(entry.token.number, until: entry.token.issued.advanced(by: lifetime))
  }

  /// What the client of a session wants logged, told to the backends that it has sessions at.
  package func setLogLevel(_ level: LogLevel, of entry: SessionEntry) async throws(Refusal) {
    let number = entry.token.number
    if sessions[number] == nil { _ = try await open(entry.sealed, for: entry.token.principal) }
    guard let session = sessions[number] else { throw .unknown }
    do {
      try await bind(session.entry)
    } catch {
      logger.warning("a session's log level is forgotten at the next start: \(error)")
    }
    let changed = session.entry.logging(level)
    sessions[number]?.entry = changed
    await publish(number, changed)()
    for link in changed.links where link.canLog && link.logLevel != level {
      guard let peer = backends.backend(link.backend) else { continue }
      do {
        try await peer.setLogLevel(level, in: link.session)
      } catch {
        logger.warning("\(link.backend.name): it was not told what to log: \(error)")
        continue
      }
      guard let current = sessions[number]?.entry,
        current.link(link.backend)?.session.id == link.session.id
      else { continue }
      let told = current.linked(
        SessionEntry.Link(backend: link.backend, session: link.session, logLevel: level))
      sessions[number]?.entry = told
      await publish(number, told)()
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
    onEnd(entry.token.number)
  }

  /// Ends the backend sessions of all; the clients' ids stay good for the next start.
  package func closeBackendSessions() async {
    await withDiscardingTaskGroup { group in
      for number in sessions.keys { group.addTask { await self.forget(number) } }
    }
  }

  /// Ends the backend sessions of those that nobody used for an hour, and forgets what is kept of those
  /// that are too old.
  package func closeIdle() async {
    let limit = MonotonicClock.seconds - Self.idleLimit
    for (number, session) in sessions where session.entry.use.last < limit {
      await putAway(number)
    }
    do {
      _ = try ended.forgetOld()
      for number in try bound.forgetOld() { onEnd(number) }
    } catch {
      logger.warning("what is kept of sessions that are too old stays: \(error)")
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
    if let key = session.entry.poolKey, pool[key] == number { pool[key] = nil }
    await publish(number, nil)()
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
