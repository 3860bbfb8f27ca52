/// What a stdio backend is asked to tell unasked, by the process that all clients share, or in the legacy era
/// by the one that a session has for itself.
extension StdioBackend {
  /// How long a subscription may take to be acknowledged.
  private static let patience = Duration.seconds(5)
  /// How long it is left alone once a server has ended one.
  private static let pause = Duration.seconds(1)

  /// Has a process tell of what is wanted; what it tells of then.
  ///
  /// - Parameter process: whose it is; nil for the shared one.
  func hear(
    _ watched: Set<Watched>, for client: ChannelClient, in process: SessionNumber?
  ) async -> Set<Watched> {
    let place = process.map(Place.isolated) ?? .shared
    let identity = process == nil ? .gateway : client.identity
    guard let running = try? await running(place, as: identity, isPatient: false) else {
      return []
    }
    let heard = running.child.state.withLock { $0.heard }
    return watched.isSubset(of: heard) ? heard : await settle(running, in: process)
  }

  /// Less may be wanted than before.
  func hearLess(in process: SessionNumber?) async {
    guard let running = running(at: process.map(Place.isolated) ?? .shared),
      !running.child.state.withLock({ $0.heard }).isSubset(of: wanted(process))
    else { return }
    _ = await settle(running, in: process)
  }

  /// Has a process tell of what is wanted, and of nothing else.
  func settle(_ running: Running, in process: SessionNumber?) async -> Set<Watched> {
    await running.child.subscribing.run {
      let wanted = self.wanted(process).filter { watched in
        // The shared process knows nothing of a task of another.
        if self.isIsolated, case .task = watched { return false }
        return watched.isOffered(by: running.handshake["capabilities"], in: running.era)
      }
      switch running.era {
      case .modern: await self.listen(to: wanted, running)
      case .legacy: await self.subscribe(to: wanted, running.child)
      }
      return running.child.state.withLock { $0.heard }
    }
  }

  private func subscribe(to wanted: Set<Watched>, _ child: StdioChild) async {
    let heard = child.state.withLock { $0.heard }
    for case .resource(let uri) in wanted.subtracting(heard)
    where await tell(.resourcesSubscribe, uri, child) {
      child.state.withLock { _ = $0.heard.insert(.resource(uri)) }
    }
    for case .resource(let uri) in heard.subtracting(wanted) {
      child.state.withLock { _ = $0.heard.remove(.resource(uri)) }
      _ = await tell(.resourcesUnsubscribe, uri, child)
    }
  }

  private func tell(_ method: Method, _ uri: String, _ child: StdioChild) async -> Bool {
    do {
      _ = try await child.ask(method, JSONObject([("uri", .string(uri))]), within: timeout)
      return true
    } catch {
      logger.debug("\(name): \(method.name) of \(SafeText.line(uri)): \(error)")
      return false
    }
  }

  /// Sends a `subscriptions/listen`, which takes the place of the one before once it is acknowledged.
  private func listen(to wanted: Set<Watched>, _ running: Running) async {
    let filter = SubscriptionFilter(
      lists: ListChange.announced(in: running.handshake["capabilities"]), watched: Array(wanted))
    guard !filter.isEmpty else {
      endListening()
      return running.child.state.withLock { $0.heard = [] }
    }
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": 0, "method": .string(Method.subscriptionsListen.name),
      "params": .object(
        JSONObject([
          ("_meta", ClientIdentity.listenerMeta), ("notifications", .object(filter.json)),
        ])),
    ]
    let body = message.bytes
    guard let envelope = try? body.withUnsafeBytes({ try EnvelopeScanner.scan($0) }) else { return }
    let messages = running.child.exchange(body, envelope, for: nil, timeout: nil)
    let (first, continuation) = AsyncStream<[UInt8]>.makeStream(
      bufferingPolicy: .bufferingOldest(1))
    let listening = Task {
      var isAcknowledged = false
      // What is in them is taken where the child's output is read.
      do {
        for try await message in messages {
          isAcknowledged = isAcknowledged || !JSONRPCMessage.isResponse(message)
          continuation.yield(message)
        }
      } catch {}
      continuation.finish()
      guard isAcknowledged, !Task.isCancelled, !running.child.hasEnded else { return }
      // The server has ended it: it is asked again.
      running.child.state.withLock { $0.heard = [] }
      try? await Task.sleep(for: Self.pause)
      if !Task.isCancelled { _ = await self.settle(running, in: nil) }
    }
    let waiting = Task<[UInt8]?, any Error> { await first.first { _ in true } }
    let acknowledgement = try? await Deadline.value(of: waiting, within: Self.patience)
    waiting.cancel()
    guard let acknowledgement = acknowledgement.flatMap(\.self) else {
      // What is listened to already goes on; lists are, once this is acknowledged.
      return addListening(listening)
    }
    setListening(listening)
    running.child.state.withLock { $0.heard = filter.granted(by: acknowledgement) }
  }
}
