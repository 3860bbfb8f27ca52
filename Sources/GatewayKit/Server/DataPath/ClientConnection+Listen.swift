import NIOCore

/// What a modern client's stream is for.
struct Listening {
  /// The lists whose changes it is told of, as the notifications that say so.
  let kinds: Set<Method>
  /// The request's id as it is spelled, which every message carries.
  let id: [UInt8]
  /// The ids by which the client knows the tasks that it is told of.
  let taskIDs: [SubscriptionTable.Topic: String]
  /// Of the session that the gateway keeps for the client at legacy backends, where that tells.
  var session: SessionEntry.Use?
}

/// Streams of what belongs to no call: a legacy session's GET stream, a modern client's
/// `subscriptions/listen`.
extension ClientConnection {
  // MARK: The GET stream

  func openStream() {
    guard acceptsEventStream else {
      return reply(
        .error(406, "not_acceptable", "The GET stream is text/event-stream; say so in Accept."))
    }
    guard let session = request.session, reserveStream() else { return }
    if let id = request.text(request.head.lastEventID),
      let (stream, number) = server.replays.find(
        session.token.number, of: session.token.principal, id)
    {
      return resumeStream(stream, after: number)
    }
    beginSessionStream(session, nil)
  }

  private func beginSessionStream(_ session: SessionEntry, _ stream: ReplayStream?) {
    beginStream()
    answer.isOpenEnded = true
    if let stream {
      answer.replay = stream
    } else if session.token.version >= .v2025_11_25 {
      answer.replay = ReplayStream(
        session: session.token.number, of: session.token.principal, call: nil)
      if let replay = answer.replay { server.replays.add(replay) }
    }
    startEventStream()
    let link = ConnectionLink(self)
    answer.openStream = link
    server.sessionStreams.add(link, for: session.token.number)
    loop.listening[ObjectIdentifier(self)] = self
  }

  /// Goes on with a stream whose connection was lost.
  private func resumeStream(_ stream: ReplayStream, after number: UInt64) {
    answer.replayedTo = number
    let (events, isComplete) = stream.events(after: number)
    guard let call = stream.call, !isComplete else {
      if stream.call == nil, let session = request.session {
        beginSessionStream(session, stream)
      } else {
        beginStream()
        startEventStream()
      }
      take(replayed: events, of: stream)
      if isComplete { endEventStream() }
      return
    }
    beginStream()
    answer.replay = stream
    startEventStream()
    let sink = CallSink(self)
    backendCall = call
    call.perform { $0.reattach(sink, stream, after: number) }
  }

  /// What came while nobody read.
  func take(replayed events: [ReplayStream.Event], of stream: ReplayStream) {
    for event in events { writeEvent(event.message, id: stream.id(event.number)) }
  }

  /// Sends a backend's message that belongs to no call, if the caller may still have it.
  func tell(_ message: [UInt8], of backend: BackendID) {
    if request.caller?.rules.reaches(backend) == true { tell(message) }
  }

  /// Sends a message that belongs to no call.
  func tell(_ message: [UInt8]) {
    guard answer.isOpenEnded else { return }
    guard !isOverrun else {
      // Who comes back finds it there.
      if let replay = answer.replay { _ = server.replays.append(message, to: replay) }
      return abort()
    }
    answer.inspector.add(message.count)
    writeRecorded(message)
  }

  // MARK: subscriptions/listen

  func listen(_ envelope: Envelope) {
    guard acceptsEventStream else {
      return reply(
        .error(
          406, "not_acceptable",
          "subscriptions/listen is answered by text/event-stream; say so in Accept."))
    }
    guard let id = request.bodyBytes(envelope.id) else { return }
    guard let wanted = request.value(of: envelope.notifications)?.objectValue else {
      return answerError(.invalidParams("params.notifications is missing: it is an object"))
    }
    var filter = SubscriptionFilter(.object(wanted), limit: SubscriptionTable.limit)
    if wanted[SubscriptionFilter.tasks] != nil, !hasTasks(envelope) {
      return answerError(
        .missingCapability(
          JSONObject([("extensions", .object(JSONObject([(TasksExtension.name, [:])])))])))
    }
    guard reserveStream() else { return }
    let topics = filter.watched.compactMap { watched in topic(watched).map { (watched, $0) } }
    var taskIDs: [SubscriptionTable.Topic: String] = [:]
    for case (.task(let id), let topic) in topics { taskIDs[topic] = id }
    var listening = Listening(
      kinds: Set(filter.lists.map(\.notification)), id: id, taskIDs: taskIDs)
    guard let caller = request.caller, let offered = request.bodyBytes(envelope.clientCapabilities)
    else { return }
    let stream = ConnectionLink(self)
    answer.openStream = stream
    let subscriber = SubscriptionTable.Subscriber.stream(stream)
    let key = PoolKey(principal: caller.principal, capabilities: offered)
    let info = request.bodyBytes(envelope.clientInfo)
    let server = server
    run { () async -> (SessionEntry.Use?, [Watched]) in
      guard !topics.isEmpty else { return (nil, []) }
      let session = await server.mcp.sessions.pooled(key, info: info)
      let client = ChannelClient(
        session: session.token.number, principal: key.principal, identity: session.token.client)
      let told = await server.subscribe(subscriber, to: topics.map(\.1), as: client)
      // Its end finds only what was there before it.
      if !(await stream.isCurrent()) { server.unsubscribeAll(of: subscriber) }
      return (session.use, topics.filter { told.contains($0.1) }.map(\.0))
    } then: { connection, found in
      listening.session = found.0
      filter.watched = found.1
      connection.beginListening(listening, filter)
    }
  }

  private func beginListening(_ listening: Listening, _ honoured: SubscriptionFilter) {
    beginStream()
    answer.isOpenEnded = true
    answer.listening = listening
    startEventStream()
    tell(
      notification(
        .notificationsSubscriptionsAcknowledged, [("notifications", .object(honoured.json))]))
    loop.listening[ObjectIdentifier(self)] = self
  }

  /// The last message of a stream that the gateway ends.
  func endListening() {
    guard let listening = answer.listening else { return }
    var message = Array(#"{"jsonrpc":"2.0","id":"#.utf8) + listening.id
    message += #","result":{"resultType":"complete","_meta":{"#.utf8
    message += #""io.modelcontextprotocol/subscriptionId":"#.utf8 + listening.id
    writeEvent(message + Array("}}}".utf8))
  }

  /// A notification, with the subscription's id for a modern client.
  private func notification(
    _ method: Method, _ params: [(key: String, value: JSONValue)] = []
  ) -> [UInt8] {
    var message = Array(#"{"jsonrpc":"2.0","method":"\#(method.name)""#.utf8)
    var members = params.map { member in
      Array("\"\(member.key)\":".utf8) + member.value.bytes
    }
    if let listening = answer.listening {
      members.append(
        Array(#""_meta":{"io.modelcontextprotocol/subscriptionId":"#.utf8) + listening.id
          + [UInt8(ascii: "}")])
    }
    if !members.isEmpty {
      message += #","params":{"#.utf8
      message += members.joined(separator: [UInt8(ascii: ",")])
      message.append(UInt8(ascii: "}"))
    }
    return message + [UInt8(ascii: "}")]
  }

  // MARK: News

  /// Tells of lists that are another than before.
  func listsChanged(_ changes: [BackendID: Set<Method>]) {
    guard answer.isOpenEnded, let rules = request.caller?.rules else { return }
    var kinds: Set<Method> = []
    for (backend, changed) in changes
    where (request.scope ?? backend) == backend && rules.reaches(backend) {
      kinds.formUnion(changed)
    }
    tellChanged(kinds)
  }

  /// The caller's access is another than before.
  func accessChanged() {
    guard answer.isOpenEnded else { return }
    tellChanged(Set(ListChange.all.map(\.notification)))
  }

  func tellChanged(_ kinds: Set<Method>) {
    for kind in ListChange.all.map(\.notification) where kinds.contains(kind) {
      guard answer.listening.map({ $0.kinds.contains(kind) }) ?? true else { continue }
      tell(notification(kind))
    }
  }

  /// What the client subscribed to has changed, as a message of the backend's says.
  func updated(_ topic: SubscriptionTable.Topic, _ message: [UInt8]) {
    guard answer.isOpenEnded, let caller = request.caller else { return }
    switch topic.watched {
    case .resource(var uri):
      let isAllowed = uri.withUTF8 {
        caller.rules.decide(.named(topic.backend, name: UnsafeRawBufferPointer($0))).isAllowed
      }
      guard isAllowed else { return }
      tell(notification(.notificationsResourcesUpdated, [("uri", .string(uri))]))
    case .task:
      if let id = answer.listening?.taskIDs[topic] { tell(of: id, .notificationsTasks, message) }
    }
  }

  /// Tells of a task, as a message of the backend's does.
  ///
  /// - Parameter id: the client's.
  func tell(of id: String, _ method: Method, _ message: [UInt8]) {
    guard answer.isOpenEnded, let caller = request.caller, task(id, caller) != nil,
      let params = try? JSONValue.parse(message)["params"]?.objectValue
    else { return }
    let state = params.members.filter { !["taskId", "_meta"].contains($0.key) }
    tell(notification(method, [("taskId", .string(id))] + state.map { ($0.key, $0.value) }))
  }

  // MARK: resources/subscribe

  /// Where something is told of, if the caller may have it.
  private func topic(_ watched: Watched) -> SubscriptionTable.Topic? {
    switch watched {
    case .resource(let uri): return resource(uri)
    case .task(let id):
      guard let caller = request.caller, let (task, backend) = task(id, caller) else { return nil }
      return SubscriptionTable.Topic(backend: backend, watched: .task(task.id))
    }
  }

  private func resource(_ uri: String) -> SubscriptionTable.Topic? {
    guard let rules = request.caller?.rules else { return nil }
    let bytes = Array(uri.utf8)
    let backend =
      request.scope
      ?? bytes.withUnsafeBytes { loop.routes.resources[$0] }?.backend
      ?? loop.routes.template(matching: bytes)?.backend
    guard let backend,
      bytes.withUnsafeBytes({ rules.decide(.named(backend, name: $0)).isAllowed })
    else { return nil }
    return SubscriptionTable.Topic(backend: backend, watched: .resource(uri))
  }

  func subscribe(_ envelope: Envelope) {
    guard let session = request.session else { return reply(missingSession) }
    guard let uri = request.bodyText(envelope.uri) else {
      return answerError(
        .invalidParams("params.uri is missing: it is the resource's URI, a string"))
    }
    guard let resource = resource(uri) else {
      return answerError(.unknownResource(uri, era: .legacy))
    }
    let server = server
    let isWanted = envelope.method == .resourcesSubscribe
    let subscriber = SubscriptionTable.Subscriber.session(session.token.number)
    let client = ChannelClient(
      session: session.token.number, principal: session.token.principal,
      identity: session.token.client)
    run { () async -> Bool in
      guard isWanted else {
        await server.unsubscribe(subscriber, from: resource, as: client)
        return true
      }
      // What is promised is remembered, or it is not promised.
      guard (try? await server.mcp.sessions.bind(session)) != nil else { return false }
      return !(await server.subscribe(subscriber, to: [resource], as: client)).isEmpty
    } then: { connection, isDone in
      guard let call = connection.call() else { return }
      guard isDone else {
        return connection.answerError(
          .invalidRequest("\(resource.backend.name) does not tell of changes of its resources"))
      }
      connection.reply(.result(call, .object(JSONObject())))
    }
  }
}
