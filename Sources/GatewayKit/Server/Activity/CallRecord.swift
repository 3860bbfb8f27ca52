import NIOCore

/// A call as a request's way through the data path makes it known: what it is about, and since when.
struct CallRecord {
  let method: Method
  let began: NIODeadline
  /// What the operation is called, in the request's body.
  let name: JSONString
  /// Where it goes, once that is known.
  var backend: BackendID?
  var target: RouteTarget?

  /// The member of a line that names the operation.
  var member: StaticString {
    switch method {
    case .promptsGet: "prompt"
    case .resourcesRead: "uri"
    case .completionComplete: "completion"
    default: "tool"
    }
  }
}
