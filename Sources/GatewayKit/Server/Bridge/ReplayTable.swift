import DequeModule
import Synchronization

/// The streams that clients may come back to.
final class ReplayTable: Sendable {
  /// The most that are kept of one principal's, in all its sessions; the oldest go.
  static let perPrincipal = 4096
  /// The most bytes that are kept of them together; the oldest go, but not the last one.
  static let bytesPerPrincipal = 16 << 20

  private struct Own {
    var streams: Deque<ReplayStream> = []
    var bytes = 0

    mutating func dropOldest() { bytes -= streams.removeFirst().drop() }
  }

  private let owners = Mutex<[Principal: Own]>([:])

  func add(_ stream: ReplayStream) {
    owners.withLock { owners in
      owners[stream.principal, default: Own()].streams.append(stream)
      if owners[stream.principal, default: Own()].streams.count > Self.perPrincipal {
        owners[stream.principal]?.dropOldest()
      }
    }
  }

  /// Keeps an event of a stream; its number.
  func append(_ message: [UInt8], to stream: ReplayStream, isLast: Bool = false) -> UInt64 {
    let (number, growth) = stream.append(message, isLast: isLast)
    owners.withLock { owners in
      owners[stream.principal]?.bytes += growth
      while let own = owners[stream.principal], own.bytes > Self.bytesPerPrincipal,
        own.streams.count > 1
      {
        owners[stream.principal]?.dropOldest()
      }
    }
    return number
  }

  /// The stream of a session that an event id is of, and the event's number.
  func find(
    _ session: SessionNumber, of principal: Principal, _ id: String
  ) -> (stream: ReplayStream, number: UInt64)? {
    let own = owners.withLock { $0[principal]?.streams ?? [] }
    for stream in own where stream.session == session {
      if let number = stream.number(of: id) { return (stream, number) }
    }
    return nil
  }

  /// Forgets what nobody came back for.
  func forgetOld(_ now: Int64) {
    owners.withLock { owners in
      for (principal, own) in owners {
        var left = Own(streams: [], bytes: own.bytes)
        for stream in own.streams {
          if stream.isOld(now) { left.bytes -= stream.drop() } else { left.streams.append(stream) }
        }
        owners[principal] = left.streams.isEmpty ? nil : left
      }
    }
  }
}
