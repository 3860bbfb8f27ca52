/// On whose behalf a request goes over a shared channel.
package struct ChannelClient: Sendable {
  /// The client's session, or the one that the gateway keeps for the caller; nil where there is none.
  package let session: SessionNumber?
  /// The session that has a process of its own in any case, where there is no room for another.
  package let fallback: SessionNumber?
  package let principal: Principal
  package let identity: ClientIdentity
  /// The least grave messages that it wants logged; nil where it has not said.
  package let logLevel: LogLevel?
  /// Whether its request makes a task, or is about one.
  package var usesTasks = false

  package init(
    session: SessionNumber?, fallback: SessionNumber? = nil, principal: Principal,
    identity: ClientIdentity, logLevel: LogLevel? = nil
  ) {
    self.session = session
    self.fallback = fallback
    self.principal = principal
    self.identity = identity
    self.logLevel = logLevel
  }
}

/// A request under way on a shared channel.
package struct ChannelExchange: Sendable {
  /// What belongs to the request: progress, log messages, questions, and at last the response, with the
  /// request's own id and token.
  package let messages: AsyncThrowingStream<[UInt8], any Error>
  /// Sends what answers a question.
  package let tell: @Sendable ([UInt8]) -> Void
}
