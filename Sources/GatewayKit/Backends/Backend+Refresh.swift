extension Backend {
  /// The shortest time between two readings that somebody asked for.
  private static let refreshGap = Duration.seconds(1)
  /// The longest that a reading may take, unless the backend's own time limit is longer still.
  private static let refreshLimit = Duration.seconds(120)

  /// Probes the backend and reads its catalog now; who asks meanwhile waits for the same reading.
  package func refreshCatalog() async {
    if case .none = way { return }
    let task = state.withLock { state -> Task<Void, Never> in
      if let running = state.refresh { return running }
      let task = Task {
        await self.refresh()
        self.state.withLock { $0.refresh = nil }
      }
      state.refresh = task
      return task
    }
    await task.value
  }

  /// Refreshes if it is time; how long until it is time again.
  func refreshIfDue() async -> Duration {
    let due = state.withLock { $0.due }
    if ContinuousClock.now >= due { await refreshCatalog() }
    return max(.zero, state.withLock { $0.due } - .now)
  }

  /// Has the catalog read again soon, unless the backend is failing: then it keeps to its waits.
  func refreshSoon() {
    let wake = state.withLock { state -> AsyncStream<Void>.Continuation? in
      guard state.backoff.failures == 0 else { return nil }
      state.isStale = true
      let soon = max(.now, (state.lastRefresh ?? .now - Self.refreshGap) + Self.refreshGap)
      guard soon < state.due else { return nil }
      state.due = soon
      return state.wake
    }
    wake?.yield()
  }

  private func refresh() async {
    let began = ContinuousClock.now
    state.withLock { $0.isStale = false }
    let limit = max(Self.refreshLimit, configuration.timeout * 2)
    do {
      let findings = try await Deadline.run(limit) {
        switch self.way {
        case .http(let http): try await http.findings()
        case .stdio(let stdio): try await stdio.findings()
        case .none: throw CancellationError()
        }
      } onTimeout: {
        BackendError.timedOut(backend: self.configuration.name, after: limit)
      }
      succeeded(findings, latency: .now - began)
    } catch {
      // What was cancelled says nothing of the backend.
      if Task.isCancelled { return }
      if mayBeReplaced {
        if error is HTTPBackend.OtherTransport { return await replace(self, true) }
        if let successor, (try? await successor.findings()) != nil {
          return await replace(self, false)
        }
      }
      failed(BackendError.wrapping(error, backend: configuration.name))
    }
  }

  /// Not over and over, where a server is now this and now that.
  private var mayBeReplaced: Bool {
    state.withLock { state in
      guard state.replaced.count == Self.mostReplaced else { return true }
      return .now - state.replaced[0] > Self.replaceTime
    }
  }

  private func succeeded(_ findings: Findings, latency: Duration) {
    var pid: Int32?
    var restarts = 0
    if case .stdio(let stdio) = way { (pid, restarts) = stdio.process }
    let (isNews, warnings) = update { state -> (Bool, [String]) in
      state.backoff.reset()
      state.lastRefresh = .now
      // Not before its time, and not all backends at once (2026-07-28, Caching).
      state.due =
        state.isStale
        ? .now + Self.refreshGap
        : .now + findings.catalog.timeToLive * Double.random(in: 1...1.1)
      let wasUp = state.view.state == .up
      if state.breaker.probeSucceeded(now: .now) {
        state.view.enter(.up)
        state.view.lastError = nil
        state.view.nextTry = nil
      }
      // One that was of the legacy era alone is another server now.
      let wasLegacyProved =
        state.view.eras == [.legacy, .modern] && findings.eras == [.modern]
      state.view.eras = wasLegacyProved ? [.legacy, .modern] : findings.eras
      if state.view.versions != findings.versions { state.view.refusesLegacy = false }
      state.view.versions = findings.versions
      state.view.isSessionless = findings.isSessionless
      state.view.catalog = findings.catalog
      state.view.latency = latency
      state.view.childPID = pid
      state.view.restarts = restarts
      let warnings = findings.warnings.filter { !state.warnings.contains($0) }
      state.warnings = Set(findings.warnings)
      return (!wasUp && state.view.state == .up, warnings)
    }
    // Who asked for this reading may not be who waits for the next.
    _ = state.withLock { $0.isStale ? $0.wake : nil }?.yield()
    for warning in warnings { logger.warning("\(configuration.name): \(warning)") }
    if let watch {
      let era = findings.eras.contains(.modern) ? ProtocolVersion.Era.modern : .legacy
      let capabilities = findings.catalog.capabilities
      Task { await watch.settle(era, capabilities) }
    }
    if isNews {
      let count = findings.catalog.tools.count
      logger.notice(
        "\(configuration.name) is up: \(count == 1 ? "1 tool" : "\(count) tools"), \(findings.versions.joined(separator: ", "))"
      )
    }
  }

  private func failed(_ error: BackendError) {
    let reason = SafeText.line(error.description)
    let isNews = update { state in
      state.lastRefresh = .now
      var wait = state.backoff.next()
      // Looked at once more when its lists are to go.
      let left = grace - state.view.since.duration(to: .now)
      if state.view.catalog != nil, left > .zero { wait = min(wait, left + .milliseconds(10)) }
      state.due = .now + wait
      state.view.nextTry = Timestamp.now.advanced(by: wait)
      let isNews = state.view.lastError != reason || state.view.state == .up
      state.view.lastError = reason
      if let until = state.breaker.probeFailed(now: .now) {
        state.view.state = .paused(until: until)
      } else if case .paused = state.view.state {
        // Not over yet.
      } else {
        state.view.enter(.down)
      }
      if state.view.state != .up, state.view.since.duration(to: .now) >= grace {
        state.view.catalog = nil
      }
      return isNews
    }
    if isNews { logger.warning("\(configuration.name) is down: \(reason)") }
  }
}
