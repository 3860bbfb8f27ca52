import Logging

extension StdioChild {
  /// One line of its output.
  func received(_ line: [UInt8]) {
    state.withLock { $0.unanswered = 0 }
    let envelope: Envelope
    do {
      envelope = try line.withUnsafeBytes { try EnvelopeScanner.scan($0) }
    } catch {
      logger.warning(
        "\(backend): a line of its output is no message: \(SafeText.line(line.prefix(200)))")
      // Whose answer it was meant to be, if it can be told, need not wait for it.
      var outline = MessageOutline()
      line.withUnsafeBytes { outline.take($0) }
      if let number = outline.answered {
        end(
          number,
          .badAnswer(
            backend: backend, reason: (error as? EnvelopeError)?.rpcError.message ?? "\(error)"))
      }
      return
    }
    switch envelope.kind {
    case .response: responded(line, envelope)
    case .notification: notified(line, envelope)
    case .request: asked(line, envelope)
    }
  }

  /// A line that is longer than is taken. Only the exchange that it belongs to ends; where none can
  /// be told, a caller may be waiting for it in vain, and the child ends.
  func overflowed(_ message: MessageOutline) {
    let reason = "it is longer than \(Self.lineLimit >> 20) MiB"
    if let number = message.answered {
      end(number, .badAnswer(backend: backend, reason: reason))
      logger.error("\(backend): an answer is left out: \(reason)")
    } else if message.isUnasked {
      logger.error("\(backend): a message that is no answer is left out: \(reason)")
    } else {
      condemn("it wrote a message that is longer than \(Self.lineLimit >> 20) MiB")
    }
  }

  private func responded(_ line: [UInt8], _ envelope: Envelope) {
    guard let range = envelope.id, let number = Self.number(line[range]),
      let exchange = state.withLock({ state in
        state.givenUp[number] = nil
        return state.exchanges.removeValue(forKey: number)
      })
    else {
      logger.debug("\(backend): an answer to no pending request is dropped")
      return
    }
    exchange.expiry?.cancel()
    var edits = [(range, exchange.id)]
    if exchange.isSubscription, let tag = Self.subscriptionTag(line, within: "result") {
      edits.append((tag, exchange.id))
    }
    exchange.messages.yield(Self.splice(line, edits))
    exchange.messages.finish()
    if exchange.client != nil { events.succeeded() }
  }

  private func notified(_ line: [UInt8], _ envelope: Envelope) {
    if envelope.method == .notificationsProgress {
      guard let range = envelope.notifiedProgressToken, let number = Self.number(line[range]),
        let token = state.withLock({ $0.exchanges[number]?.progressToken })
      else { return }
      deliver(Self.splice(line, [(range, token)]), to: number)
      return
    }
    if envelope.method == .notificationsCancelled, let range = envelope.requestID,
      let number = state.withLock({ $0.asked.removeValue(forKey: Array(line[range])) })
    {
      // It no longer wants an answer to its question.
      deliver(line, to: number)
    } else if envelope.method == .notificationsMessage {
      logged(line)
    } else {
      listened(line, envelope)
    }
  }

  /// What a request of ours that listens is answered with, or news that are tied to none.
  private func listened(_ line: [UInt8], _ envelope: Envelope) {
    let tag = Self.subscriptionTag(line, within: "params")
    let listening = tag.flatMap { Self.number(line[$0]) }
    if envelope.method == .notificationsSubscriptionsAcknowledged, let listening {
      state.withLock { state in
        guard state.exchanges[listening]?.isSubscription == true else { return }
        _ = state.newsStreams.acknowledge(listening)
      }
    }
    if envelope.method?.isNews == true { tell(line, envelope, of: listening) }
    guard let tag, let listening, let id = state.withLock({ $0.exchanges[listening]?.id }) else {
      return
    }
    deliver(Self.splice(line, [(tag, id)]), to: listening)
  }

  /// - Parameter listening: the request of ours that it answers.
  private func tell(_ line: [UInt8], _ envelope: Envelope, of listening: UInt64?) {
    guard let listening else { return events.news.take(line, envelope) }
    let topic = NewsStreams.Topic(line, envelope)
    let taking = state.withLock { state in
      state.exchanges[listening]?.isSubscription == true
        ? state.newsStreams.take(topic, from: listening) : .never
    }
    switch taking {
    case .now: events.news.take(line, envelope)
    case .never: break
    case .later:
      Task {
        try? await Task.sleep(for: NewsStreams.patience)
        let isDue = state.withLock { $0.newsStreams.isDue(topic, from: listening) }
        if isDue { events.news.take(line, envelope) }
      }
    }
  }

  /// A log message does not say which call it belongs to. Where only one is under way it is that
  /// one's; else nobody but the gateway's own log may have it, for it could tell one caller of
  /// another's doings.
  private func logged(_ line: [UInt8]) {
    let only = state.withLock { state -> UInt64? in
      let calls = state.exchanges.filter {
        !$0.value.isSubscription && !(state.isOneSessions && $0.value.client == nil)
      }
      guard calls.count == 1, !state.mayWork(forOtherThan: calls.first?.value.client) else {
        return nil
      }
      return calls.first { $0.value.takesLogs }?.key
    }
    if let only {
      deliver(line, to: only)
    } else {
      logger.debug("\(backend): \(SafeText.line(line.prefix(2000)))")
    }
  }

  private func deliver(_ message: [UInt8], to number: UInt64) {
    let (isFirstLoss, expiry) = state.withLock { state -> (Bool, Task<Void, Never>?) in
      guard let exchange = state.exchanges[number] else { return (false, nil) }
      state.exchanges[number]?.expiry = nil
      guard case .dropped = exchange.messages.yield(message), !exchange.hasDropped else {
        return (false, exchange.expiry)
      }
      state.exchanges[number]?.hasDropped = true
      return (true, exchange.expiry)
    }
    expiry?.cancel()
    if isFirstLoss {
      logger.warning("\(backend): a client reads too slowly; notifications to it are dropped")
    }
  }

  /// A child asks. `ping` is answered here; all else is for the one client whose request is under way.
  /// Where several have some, whom it means cannot be told, and asking the wrong one would tell one
  /// caller of another's doings. In the modern era a server must not ask, and is not answered
  /// (2026-07-28, stdio).
  private func asked(_ line: [UInt8], _ envelope: Envelope) {
    guard let range = envelope.id else { return }
    let id = Array(line[range])
    let name = envelope.methodRange.map { String(decoding: line[$0], as: UTF8.self) } ?? ""
    if era == .modern {
      logger.warning(
        "\(backend): it sent a request, which a server may not: \(SafeText.line(name))")
    } else if envelope.method == .ping {
      notify(ServerRequest.pong(id: id))
    } else if let number = onlyClient {
      state.withLock { state in
        // Those of requests that are over are of no use.
        if state.asked.count >= 100 {
          state.asked = state.asked.filter { state.exchanges[$0.value] != nil }
        }
        if state.asked.count >= 1000 { state.asked = [:] }
        state.asked[id] = number
      }
      deliver(line, to: number)
    } else {
      logger.warning(
        "\(backend): it asks \(SafeText.line(name)) while several clients, or none, wait for it, and is refused; with \"sessions\": \"isolated\" each client has a process of its own"
      )
      notify(JSONRPCError.methodNotFound(name).body(id: id, request: nil))
    }
  }

  /// The newest request of the one client that has any.
  private var onlyClient: UInt64? {
    state.withLock { state in
      let waiting = state.exchanges.filter { $0.value.client != nil }
      let clients = waiting.values.compactMap(\.client)
      guard Set(clients.map { $0.fallback ?? $0.session }).count == 1,
        Set(clients.map(\.principal)).count == 1,
        !state.mayWork(forOtherThan: clients.first)
      else { return nil }
      return waiting.keys.max()
    }
  }

  // MARK: Bytes

  private static func splice(
    _ line: [UInt8], _ edits: [(range: Range<Int>, bytes: [UInt8])]
  ) -> [UInt8] {
    var message = line
    for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      message.replaceSubrange(edit.range, with: edit.bytes)
    }
    return message
  }

  static func number(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    UInt64(String(decoding: bytes, as: UTF8.self))
  }

  /// The value of `_meta["io.modelcontextprotocol/subscriptionId"]` in a message's params or result.
  private static func subscriptionTag(_ line: [UInt8], within member: StaticString) -> Range<Int>? {
    var tag: Range<Int>?
    line.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes)
      _ = try? reader.object { key, reader in
        guard reader.equals(key, member), try reader.kind() == .object else {
          try reader.skip()
          return
        }
        try reader.object { key, reader in
          guard reader.equals(key, "_meta"), try reader.kind() == .object else {
            try reader.skip()
            return
          }
          try reader.object { key, reader in
            let value = try reader.skip()
            if reader.equals(key, "io.modelcontextprotocol/subscriptionId") { tag = value }
          }
        }
      }
    }
    return tag
  }
}
