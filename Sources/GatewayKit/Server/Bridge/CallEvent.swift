/// What a call's client is told.
enum CallEvent: Sendable {
  /// A message before the response: a notification, or a request of the backend's.
  case message([UInt8])
  case response([UInt8])
  /// A response that asks the client something, while the call waits for its retry.
  case interim([UInt8])
  /// What was sent on a stream that is taken up again.
  case replayed([ReplayStream.Event], isComplete: Bool, ReplayStream)
  /// There will be no response of the backend's.
  case failed(JSONRPCError)

  var size: Int {
    switch self {
    case .message(let bytes), .response(let bytes), .interim(let bytes): bytes.count
    case .failed, .replayed: 0
    }
  }

  /// Whether the call is over with it.
  var isLast: Bool {
    switch self {
    case .message, .interim, .replayed: false
    case .response, .failed: true
    }
  }
}
