/// What a stdio backend is asked to tell unasked, on the process that all clients share.
extension StdioBackend {
  /// How long a subscription may take to be acknowledged.
  private static let patience = Duration.seconds(5)

  /// Has the process that a client has for itself tell of a resource's changes; whether it does.
  func subscribe(_ uri: String, for client: ChannelClient) async -> Bool {
    guard isIsolated, client.session != nil else { return await subscribe(uri) }
    guard let child = try? await child(for: client) else { return false }
    // One of the modern era tells by the request that the shared process has.
    guard child.era == .legacy else { return await subscribe(uri) }
    let isTold = await tell(.resourcesSubscribe, uri, child)
    if isTold { child.state.withLock { _ = $0.watched.insert(uri) } }
    return isTold
  }

  /// The same, no more.
  func unsubscribe(_ uri: String, for client: ChannelClient) async {
    guard isIsolated, client.session != nil, let child = runningChild(for: client),
      child.era == .legacy
    else { return await unsubscribe(uri) }
    child.state.withLock { _ = $0.watched.remove(uri) }
    _ = await tell(.resourcesUnsubscribe, uri, child)
  }

  /// Has it tell of a resource's changes; whether it does.
  func subscribe(_ uri: String) async -> Bool {
    guard let running = try? await running(.shared, isPatient: false),
      running.handshake["capabilities"]?["resources"]?["subscribe"]?.boolValue == true
    else { return false }
    guard addURI(uri) else { return true }
    guard running.era == .legacy else {
      await listen(running)
      return true
    }
    let isTold = await tell(.resourcesSubscribe, uri, running.child)
    // Who asks next is to hear the same, and not that it is there already.
    if !isTold { _ = removeURI(uri) }
    return isTold
  }

  func unsubscribe(_ uri: String) async {
    guard removeURI(uri), let running = sharedRunning else { return }
    if running.era == .legacy {
      _ = await tell(.resourcesUnsubscribe, uri, running.child)
    } else {
      await listen(running)
    }
  }

  /// The process is a new one: it knows nothing of what is wanted.
  func resubscribe(_ running: Running) async {
    if running.era == .modern { return await listen(running) }
    for uri in wantedURIs { _ = await tell(.resourcesSubscribe, uri, running.child) }
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

  /// Sends a `subscriptions/listen` for all that is wanted now, and ends the one before once it is
  /// acknowledged.
  private func listen(_ running: Running) async {
    let filter = ListChange.filter(
      ListChange.announced(in: running.handshake["capabilities"]), resources: wantedURIs)
    guard !filter.members.isEmpty else { return setListening(nil) }
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": 0, "method": .string(Method.subscriptionsListen.name),
      "params": .object(
        JSONObject([("_meta", ClientIdentity.gatewayMeta), ("notifications", .object(filter))])),
    ]
    let body = message.bytes
    guard let envelope = try? body.withUnsafeBytes({ try EnvelopeScanner.scan($0) }) else { return }
    let messages = running.child.exchange(body, envelope, for: nil, timeout: nil)
    let (acknowledged, continuation) = AsyncStream<Void>.makeStream()
    let listening = Task {
      // What is in them is taken where the child's output is read.
      do { for try await _ in messages { continuation.yield() } } catch {}
      continuation.finish()
    }
    let waiting = Task<Void, any Error> { for await _ in acknowledged { return } }
    _ = try? await Deadline.value(of: waiting, within: Self.patience)
    waiting.cancel()
    setListening(listening)
  }
}
