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
    Task { [weak self] in
      try? await Task.sleep(for: Timestamp.now.duration(to: pause))
      await self?.endPause(pause)
    }
  }

  /// The pause is over: the gateway itself tries, and what comes of it decides.
  private func endPause(_ pause: Timestamp) async {
    guard state.withLock({ $0.view.state == .paused(until: pause) }) else { return }
    await refreshCatalog()
    // Paused anew; or the reading had begun before the pause was over.
    guard case .paused(let until) = view.state else { return }
    try? await Task.sleep(for: max(.milliseconds(100), Timestamp.now.duration(to: until)))
    await endPause(until)
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
      listChanged: { [weak self] in self?.refreshSoon() },
      proved: { [weak self] in self?.proved($0) },
      failed: { [weak self] in self?.recordFailure($0) },
      succeeded: { [weak self] in self?.recordSuccess() })
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
