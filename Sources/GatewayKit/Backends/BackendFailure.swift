/// What the data path saw go wrong at a backend.
package enum BackendFailure: Sendable, CustomStringConvertible {
  case unreachable(String)
  case closedEarly
  case timedOut
  case badAnswer(String)
  case refused(status: Int)
  /// Of the gateway's own request for a session.
  case failed(String)

  package var description: String {
    switch self {
    case .unreachable(let reason): "no connection: \(reason)"
    case .closedEarly: "it closed the connection before its answer was whole"
    case .timedOut: "it did not answer within its time limit"
    case .badAnswer(let reason): "its answer is not HTTP that is taken here: \(reason)"
    case .refused(401), .refused(403), .refused(407):
      "it refuses the gateway's credential: check the backend's headers in the configuration"
    case .refused(let status) where (300..<400).contains(status):
      "it answers with status \(status), and redirects are not followed: "
        + "configure the address that it points to"
    case .refused(404), .refused(405):
      "it does not know the configured path, or does not take POST there"
    case .refused(let status): "it answers with status \(status)"
    case .failed(let reason): reason
    }
  }

  /// Whether nothing is there, rather than something that does not do its work: the first
  /// connection that succeeds is then proof enough that it is back.
  var isOutage: Bool {
    switch self {
    case .unreachable, .closedEarly, .failed: true
    case .timedOut, .badAnswer, .refused: false
    }
  }
}
