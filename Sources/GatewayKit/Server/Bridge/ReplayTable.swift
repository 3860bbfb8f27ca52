import Synchronization

/// The streams that clients may come back to.
final class ReplayTable: Sendable {
  /// The most that one session has; the oldest go.
  static let perSession = 64
  /// The most sessions that have any.
  static let sessionLimit = 20_000

  private let streams = Mutex<[SessionNumber: [ReplayStream]]>([:])

  func add(_ stream: ReplayStream) {
    streams.withLock { streams in
      guard streams[stream.session] != nil || streams.count < Self.sessionLimit else { return }
      streams[stream.session, default: []].append(stream)
      if streams[stream.session, default: []].count > Self.perSession {
        streams[stream.session]?.removeFirst()
      }
    }
  }

  /// The stream that an event id is of, and the event's number.
  func find(_ session: SessionNumber, _ id: String) -> (stream: ReplayStream, number: UInt64)? {
    let own = streams.withLock { $0[session] ?? [] }
    for stream in own {
      if let number = stream.number(of: id) { return (stream, number) }
    }
    return nil
  }

  /// Forgets what nobody came back for.
  func forgetOld(_ now: Int64) {
    streams.withLock { streams in
      for (session, own) in streams {
        let kept = own.filter { !$0.isOld(now) }
        if kept.count != own.count { streams[session] = kept.isEmpty ? nil : kept }
      }
    }
  }
}
