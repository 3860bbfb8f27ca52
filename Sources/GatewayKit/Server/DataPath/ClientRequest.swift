import NIOCore

/// What the other end of a connection is.
enum ClientPeer: Sendable {
  /// Over TCP, where only a credential says who it is.
  case tcp(address: String)
  /// A process of this user id at the owner-only socket.
  case socket(uid: UInt32)
}

/// The endpoint that a request names.
enum RequestTarget {
  case joint
  /// Nil for a name that no backend has, which answers as one out of reach does.
  case backend(BackendID?)
  /// Everything that is not MCP.
  case router
}

/// A request as far as it is read, with what was found out about it.
struct ClientRequest {
  /// By which the log and its answer's errors name it.
  var id = RequestID()
  /// When its head was read.
  var began: NIODeadline = .uptimeNanoseconds(0)
  var head = RequestHead.none
  var headBytes: ByteBuffer
  var body: ByteBuffer
  var chunks: ChunkedBody?
  var bodyLimit = 0
  /// The body came in a later read than the head, so the credential is looked at again.
  var isBodyLate = false
  var isBodyRead = false
  var target = RequestTarget.router
  var allowedOrigin: [UInt8]?
  var caller: Caller?
  /// Of the user's key that it was admitted by; nil for any other credential.
  var credential: SHA256Digest?
  var envelope: Envelope?
  var era: ProtocolVersion.Era?
  var version: ProtocolVersion?
  var session: SessionEntry?
  /// The backend of `/mcp/{backend}`; nil on the joint endpoint.
  var scope: BackendID? {
    if case .backend(let id) = target { return id }
    return nil
  }
  /// The log was told of it.
  var isLogged = false
  /// Its key was seen in use.
  var isUseCounted = false
  /// The call that it is, until that has ended.
  var call: CallRecord?
  /// The lane of a pooled session that was taken for it, until its call has that.
  var lane: PoolKey?
  /// Where it goes, once that is decided.
  var forward: Forward?
  /// The batch that the message is one of.
  var batch: Batch?

  /// One of which nothing is read yet.
  init(noBytes: ByteBuffer) {
    headBytes = noBytes
    body = noBytes
  }

  /// A header's value, as a copy.
  func value(_ range: Range<Int>?) -> [UInt8]? {
    guard let range else { return nil }
    return headBytes.withUnsafeReadableBytes { Array($0[range]) }
  }

  func text(_ range: Range<Int>?) -> String? {
    value(range).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The body's bytes in a range, as a copy.
  func bodyBytes(_ range: Range<Int>?) -> [UInt8]? {
    guard let range else { return nil }
    return body.withUnsafeReadableBytes { Array($0[range]) }
  }

  /// A value of the body, as a tree.
  func value(of range: Range<Int>?) -> JSONValue? {
    bodyBytes(range).flatMap { try? JSONValue.parse($0) }
  }

  /// A string of the body, unescaped.
  func bodyText(_ string: JSONString?) -> String? {
    guard let string else { return nil }
    return body.withUnsafeReadableBytes { JSONReader($0).text(string) }
  }
}

/// A request's way to its backend.
struct Forward {
  let backend: BackendID
  /// The range of the body that the backend's own name takes the place of, and whose name.
  let splice: (range: Range<Int>, target: RouteTarget)?
  let isRepeatable: Bool
  /// A lost backend session was made again for it already.
  var isRemade = false
  /// The task that it is about.
  var task: TaskIDs.Task?
}

/// How far the answer is.
struct AnswerState {
  var closes = false
  /// Of the head that was written; 0 before that.
  var status = 0
  /// Bytes of it are written: it is too late for another.
  var hasBegun = false
  var isEventStream = false
  /// It ends only when somebody ends it.
  var isOpenEnded = false
  /// The body is written in chunks of ours.
  var isChunked = false
  /// The head of a backend's answer, kept to go out with the first bytes of its body.
  var pendingHead: ByteBuffer?
  /// The backend's event stream is being looked at, because the client asked for JSON.
  var unwrapping: EventStreamUnwrapper?
  /// The backend's event stream goes on in chunks of ours, because its start was held back.
  var isReframed = false
  /// What is kept of the stream for a client that may come back for it.
  var replay: ReplayStream?
  /// The last event of that stream which the client has seen.
  var replayedTo: UInt64 = 0
  /// By which what belongs to no call finds its stream here.
  var openStream: ConnectionLink?
  /// What a modern client's open-ended stream is for.
  var listening: Listening?
  /// Catalogs were read again for a name that none of them had.
  var hasRefreshed = false
  /// A backend's refusal that may mean that it has lost its session.
  var refusal: Refusal?
  /// A backend's answer to a message of a batch.
  var capture: CapturedAnswer?
  /// How the call ended, where that is known before its answer is whole, or without one.
  var outcome: CallOutcome?
  /// What a backend's answer is.
  var backendHead: BackendHead?
  /// Looks at the backend's answer, and counts it.
  var inspector = AnswerInspector()
  /// Whose streams it is counted among, or has a place kept among.
  var countedStream: Principal?

  struct Refusal {
    /// More than a backend has to say in one, in bytes.
    static let limit = 1 << 20

    let head: ResponseHead
    let bytes: ByteBuffer
    var body = ByteBuffer()
  }

  struct BackendHead {
    let status: Int
    let isEventStream: Bool
    let isChunked: Bool
  }

  /// For the next message of a batch: only whether the connection ends is the whole request's.
  mutating func startOver() {
    let closes = closes
    self = AnswerState()
    self.closes = closes
  }
}
