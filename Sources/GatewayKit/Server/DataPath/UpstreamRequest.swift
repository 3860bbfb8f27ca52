import NIOCore

/// One request on its way to a backend, and what is needed to send it again.
struct UpstreamRequest {
  /// Head and body, ready to be written.
  let bytes: ByteBuffer
  /// Who gets the answer; nil once a legacy client has gone and the answer is only read away.
  ///
  /// Not weak: a weak reference would make every other one to the connection a slow one.
  var client: (any UpstreamReceiver)?
  /// Which of the client's requests it is.
  var serial = 0
  /// Whether sending it twice changes nothing at the backend.
  let isRepeatable: Bool
  /// Whose request it is.
  let principal: Principal?
  /// Whose streams the answer is counted among, once its client has gone.
  var countedStream: Principal?
  let era: ProtocolVersion.Era
  /// The legacy session that it belongs to, and its JSON-RPC id as it is spelled.
  let session: SessionNumber?
  let id: ByteBuffer?
  var attempts = 0

  /// Nothing is sent, and nobody is told, of a request that was ended before it could leave: its client
  /// may be at another already.
  var isAwaited: Bool { client?.awaits(serial) ?? false }

  func isFor(session: SessionNumber, id: [UInt8]) -> Bool {
    guard self.session == session, let own = self.id else { return false }
    return own.readableBytesView.elementsEqual(id)
  }
}

/// Why a backend gave no answer, or none that can be passed on.
enum UpstreamFailure: Error {
  /// No connection could be made.
  case unreachable
  /// The connection ended before its answer did.
  case closedEarly
  /// Nothing came within the backend's time limit.
  case timedOut
  /// What came is not an HTTP answer that we take.
  case badAnswer(String)
}
