extension Backend {
  /// A call went wrong. Enough of them in a row open the circuit breaker.
  package func recordFailure(_ failure: BackendFailure) {
    let reason = SafeText.line(failure.description)
    let pause = update { state -> Timestamp? in
      state.view.lastError = reason
      guard let until = state.breaker.recordFailure(now: .now, isOutage: failure.isOutage) else {
        return nil
      }
      state.view.enter(.paused(until: until))
      state.view.nextTry = until
      return until
    }
    refreshSoon()
    guard let pause else { return }
    logger.warning("\(configuration.name) is paused after errors: \(reason)")
    watchPause(until: pause)
  }

  /// At the end of the pause the gateway itself tries, and what comes of it decides: calls go
  /// through, or the pause begins anew.
  func watchPause(until first: Timestamp) {
    let task = Task { [weak self] in
      var until = first
      while true {
        let left = Timestamp.now.duration(to: until)
        do { try await Task.sleep(for: max(.milliseconds(20), left)) } catch { return }
        guard let self else { return }
        if case .paused(let current) = self.view.state, current <= .now {
          await self.refreshCatalog()
        }
        guard case .paused(let current) = self.view.state else { return }
        until = current
      }
    }
    state.withLock { state in
      state.pauseWatch?.cancel()
      state.pauseWatch = task
    }
  }

  /// A call went well. Cheap when that is no news, and called by the data path only when it is.
  package func recordSuccess() {
    let isNews = state.withLock { state in
      state.breaker.recordSuccess()
      return state.view.state != .up && state.view.catalog != nil
    }
    guard isNews else { return }
    update { state in
      state.view.enter(.up)
      state.view.lastError = nil
      state.view.nextTry = nil
    }
    logger.notice("\(configuration.name) is up again")
    refreshSoon()
  }

  /// What a stdio backend tells of its children.
  var stdioEvents: StdioBackend.Events {
    StdioBackend.Events(
      ended: { [weak self] in self?.childEnded($0, wait: $1) },
      news: listener.news,
      listChanged: { [listener] in listener.listChanged($0, $1) },
      wanted: { [listener] in listener.wanted($0) },
      updated: { [listener] in listener.updated($1, $2, by: $0) },
      proved: { [weak self] in self?.proved($0) },
      failed: { [weak self] in self?.recordFailure($0) },
      succeeded: { [weak self] in self?.recordSuccess() })
  }

  /// It said that its lists changed.
  package func told(_ message: [UInt8]) { listener.news.take(message) }

  /// It answered a request in a way that makes its era doubtful.
  package func doubtEra() { refreshSoon() }

  /// Sets who hears what the backend tells unasked.
  package func tell(_ audience: BackendAudience) { listener.audience = audience }

  /// Whose process or connection tells a client of changes; nil for the one that is everybody's. One of
  /// the modern era listens for all.
  package func process(of client: ChannelClient) -> SessionNumber? {
    configuration.isolatesSessions && view.eras != [.modern] ? client.session : nil
  }

  /// Has the backend tell of what is wanted; what of these it tells.
  ///
  /// - Parameter process: what `process(of:)` gave for the client.
  package func hear(
    _ watched: Set<Watched>, for client: ChannelClient, in process: SessionNumber?
  ) async -> Set<Watched> {
    guard !watched.isEmpty else { return [] }
    let heard: Set<Watched> =
      switch way {
      case .http: await watch?.hear(watched) ?? []
      case .stdio(let stdio): await stdio.hear(watched, for: client, in: process)
      case .none: []
      }
    return heard.intersection(watched)
  }

  /// Less may be wanted than before.
  package func hearLess(_ process: SessionNumber?) async {
    switch way {
    case .http: await watch?.hearLess()
    case .stdio(let stdio): await stdio.hearLess(in: process)
    case .none: break
    }
  }

  private func childEnded(_ error: BackendError, wait: Duration) {
    update { state in
      state.due = .now + wait
      state.view.enter(.down)
      state.view.lastError = SafeText.line(error.description)
      state.view.nextTry = Timestamp.now.advanced(by: wait)
      state.view.childPID = nil
    }
    _ = state.withLock { $0.wake }?.yield()
  }

  /// The backend has shown that it speaks that era.
  func proved(_ era: ProtocolVersion.Era) {
    update { state in _ = state.view.eras.insert(era) }
  }
}
