/// What a stdio backend is asked to tell unasked, on the process that all clients share.
extension StdioBackend {
  /// How long a subscription may take to be acknowledged.
  private static let patience = Duration.seconds(5)

  /// Has the process that a client has for itself tell of something's changes; whether it does.
  func subscribe(_ watched: Watched, for client: ChannelClient) async -> Bool {
    guard isIsolated, client.session != nil else { return await subscribe(watched) }
    // The shared process knows nothing of a task of another.
    guard case .resource(let uri) = watched, let child = try? await child(for: client)
    else { return false }
    // One of the modern era tells by the request that the shared process has.
    guard child.era == .legacy else { return await subscribe(watched) }
    let isTold = await tell(.resourcesSubscribe, uri, child)
    if isTold { child.state.withLock { _ = $0.watched.insert(uri) } }
    return isTold
  }

  /// The same, no more.
  func unsubscribe(_ watched: Watched, for client: ChannelClient) async {
    guard isIsolated, client.session != nil, let child = runningChild(for: client),
      child.era == .legacy, case .resource(let uri) = watched
    else { return await unsubscribe(watched) }
    child.state.withLock { _ = $0.watched.remove(uri) }
    _ = await tell(.resourcesUnsubscribe, uri, child)
  }

  /// Has it tell of something's changes; whether it does.
  func subscribe(_ watched: Watched) async -> Bool {
    guard let running = try? await running(.shared, isPatient: false),
      watched.isOffered(by: running.handshake["capabilities"], in: running.era)
    else { return false }
    guard want(watched) else { return true }
    var isTold = true
    if running.era == .modern {
      isTold = !(await listen()).contains(watched)
    } else if case .resource(let uri) = watched {
      isTold = await tell(.resourcesSubscribe, uri, running.child)
    }
    // Who asks next is to hear the same, and not that it is there already.
    if !isTold { _ = unwant(watched) }
    return isTold
  }

  func unsubscribe(_ watched: Watched) async {
    guard unwant(watched), let running = sharedRunning else { return }
    if running.era == .modern {
      _ = await listen()
    } else if case .resource(let uri) = watched {
      _ = await tell(.resourcesUnsubscribe, uri, running.child)
    }
  }

  /// The process is a new one: it knows nothing of what is wanted.
  func resubscribe(_ running: Running) async {
    if running.era == .modern {
      _ = await listen()
      return
    }
    for case .resource(let uri) in wanted {
      _ = await tell(.resourcesSubscribe, uri, running.child)
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

  /// Sends a `subscriptions/listen` for all that is wanted now, which takes the place of the one before
  /// once it is acknowledged; what the acknowledgement leaves out.
  private func listen() async -> Set<Watched> { await afterLastListen { await self.listenNow() } }

  private func listenNow() async -> Set<Watched> {
    // A process that is new by now is asked, and not the one that was there.
    guard let running = sharedRunning else { return [] }
    let filter = SubscriptionFilter(
      lists: ListChange.announced(in: running.handshake["capabilities"]), watched: Array(wanted))
    guard !filter.isEmpty else {
      endListening()
      return []
    }
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": 0, "method": .string(Method.subscriptionsListen.name),
      "params": .object(
        JSONObject([
          ("_meta", ClientIdentity.listenerMeta), ("notifications", .object(filter.json)),
        ])),
    ]
    let body = message.bytes
    guard let envelope = try? body.withUnsafeBytes({ try EnvelopeScanner.scan($0) }) else {
      return []
    }
    let messages = running.child.exchange(body, envelope, for: nil, timeout: nil)
    let (first, continuation) = AsyncStream<[UInt8]>.makeStream(
      bufferingPolicy: .bufferingOldest(1))
    let listening = Task {
      // What is in them is taken where the child's output is read.
      do { for try await message in messages { continuation.yield(message) } } catch {}
      continuation.finish()
    }
    let waiting = Task<[UInt8]?, any Error> { await first.first { _ in true } }
    let acknowledgement = try? await Deadline.value(of: waiting, within: Self.patience)
    waiting.cancel()
    setListening(listening)
    guard let acknowledgement = acknowledgement.flatMap(\.self) else { return [] }
    return filter.leftOut(by: acknowledgement)
  }
}
