import Logging

extension StdioBackend {
  /// Starts a child and finds its era as the specification says (2026-07-28, stdio, Backward
  /// Compatibility): discover first, and the legacy handshake on any error that is no modern one,
  /// or on none in time.
  func probe(as identity: ClientIdentity, at place: Place) async throws -> Running {
    if launch.isLegacyOnly { return try await initializeAnother(identity, at: place) }
    let child = try launchChild(for: place)
    let discovering = Task { try await self.discover(child) }
    do {
      switch try await Deadline.value(of: discovering, within: probeTime) {
      case .modern(let result)?: return modern(child, result)
      case .legacy?: return try await initialize(child, identity)
      case nil: return try await initializeSilent(child, discovering, identity, at: place)
      }
    } catch {
      // Some legacy servers end at a request that comes before `initialize`.
      let endedAtProbe = child.hasEnded && child.hadProcess && child.era == nil
      discovering.cancel()
      await child.stop()
      guard endedAtProbe, !Task.isCancelled else { throw error }
      logger.info("\(name): it ended at server/discover; trying initialize alone")
      return try await initializeAnother(identity, at: place)
    }
  }

  /// A new child of the legacy era.
  private func initializeAnother(
    _ identity: ClientIdentity, at place: Place
  ) async throws -> Running {
    let child = try launchChild(for: place)
    do {
      return try await initialize(child, identity)
    } catch {
      await child.stop()
      throw error
    }
  }

  /// The legacy handshake with a child that has not answered the probe. If an answer to that comes
  /// meanwhile and shows a modern server that is only slow to start, a new process is made: this
  /// one is bound to the legacy era by now.
  private func initializeSilent(
    _ child: StdioChild, _ discovering: Task<DiscoverVerdict, any Error>,
    _ identity: ClientIdentity, at place: Place
  ) async throws -> Running {
    let legacy: Result<Running, any Error>
    do {
      legacy = .success(try await initialize(child, identity))
    } catch {
      legacy = .failure(error)
    }
    let late = try? await Deadline.value(of: discovering, within: .milliseconds(100))
    discovering.cancel()
    guard case .modern? = late else { return try legacy.get() }
    await child.stop()
    let another = try launchChild(for: place)
    do {
      guard case .modern(let result) = try await discover(another) else {
        throw BackendError.badAnswer(
          backend: name, reason: "one process answers discover and the next does not")
      }
      return modern(another, result)
    } catch {
      await another.stop()
      throw error
    }
  }

  private func discover(_ child: StdioChild) async throws -> DiscoverVerdict {
    let answer = try await child.answer(
      .serverDiscover, JSONObject([("_meta", ClientIdentity.gatewayMeta)]), within: timeout)
    let message = try JSONValue.parse(answer)
    if let result = message["result"]?.objectValue {
      return try DiscoverVerdict(result: result, backend: name)
    }
    return try DiscoverVerdict(error: message["error"] ?? .null, backend: name)
  }

  private func modern(_ child: StdioChild, _ result: JSONObject) -> Running {
    child.era = .modern
    return Running(
      child: child, era: .modern,
      versions: DiscoverVerdict.versions(result["supportedVersions"]), handshake: result)
  }

  private func initialize(
    _ child: StdioChild, _ identity: ClientIdentity
  ) async throws -> Running {
    child.era = .legacy
    var params = JSONObject()
    params["protocolVersion"] = .string(ProtocolVersion.newestLegacy.rawValue)
    params["capabilities"] = identity.capabilities
    params["clientInfo"] = identity.info ?? ClientIdentity.gateway.info
    let result: [UInt8]
    do {
      result = try await child.ask(.initialize, params, within: timeout)
    } catch BackendError.refused(_, let code, let message) {
      logger.debug("\(name): it refused initialize with error \(code): \(message)")
      throw BackendError.otherEra(backend: name, speaks: .modern)
    }
    let handshake = try LegacyHandshake.read(result, backend: name)
    let initialized: JSONValue = [
      "jsonrpc": "2.0", "method": .string(Method.notificationsInitialized.name),
    ]
    child.notify(initialized.bytes)
    return Running(
      child: child, era: .legacy, versions: [handshake.version.rawValue],
      handshake: handshake.result)
  }

  // MARK: Catalog

  /// A list as a client's child has it.
  func items(_ list: CatalogList, for client: ChannelClient) async throws -> [CatalogItem] {
    let child = try await child(for: client)
    let isModern = child.era == .modern
    let timeout = timeout
    var reader = CatalogReader(backend: name) { method, params in
      var params = params
      if isModern { params["_meta"] = ClientIdentity.gatewayMeta }
      return try await child.ask(method, params, within: timeout)
    }
    return try await reader.items(of: list)
  }

  /// The catalog, read from the first child, which is started for it if need be.
  func findings() async throws -> Findings {
    let own = try await running(.shared, isPatient: true)
    let timeout = timeout
    var reader = CatalogReader(backend: name) { method, params in
      var params = params
      if own.era == .modern { params["_meta"] = ClientIdentity.gatewayMeta }
      return try await own.child.ask(method, params, within: timeout)
    }
    let catalog = try await reader.read(into: Catalog(handshake: own.handshake))
    return Findings(
      eras: [own.era], versions: own.versions, isSessionless: true, catalog: catalog,
      warnings: reader.warnings)
  }
}
