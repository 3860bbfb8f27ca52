/// One JSON-RPC message, as far as the gateway looks into it: where its parts lie in the body.
///
/// The guard and the forwarder read this one parse, so that no two readings of a body can differ
/// (CVE-2026-27896).
package struct Envelope: Sendable {
  package enum Kind: Sendable {
    case request, notification, response
  }

  package var kind = Kind.notification
  /// Nil for a name that no revision has, and in a response.
  package var method: Method?
  /// Nil in a response.
  package var methodName: JSONString?
  /// The method between its quotes, as it is spelled.
  package var methodRange: Range<Int>? { methodName?.range }
  /// The id as it is spelled, quotes with it. Nil in a notification, and in an error that answers
  /// what could not be read.
  package var id: Range<Int>?
  package var params: Range<Int>?
  /// `params.name` and `params.uri`.
  package var name: JSONString?
  package var uri: JSONString?
  /// `params.ref.name` and `params.ref.uri` of a completion.
  package var refName: JSONString?
  package var refURI: JSONString?
  package var arguments: Range<Int>?
  /// `params.requestState` and `params.inputResponses` of a retry (2026-07-28, Multi Round-Trip
  /// Requests).
  package var requestState: JSONString?
  package var inputResponses: Range<Int>?
  package var taskID: JSONString?
  /// `params.task`, by which a legacy request asks to be made a task (2025-11-25, Tasks).
  package var task: Range<Int>?
  package var cursor: JSONString?
  /// `params.level` of `logging/setLevel`, as it is spelled.
  package var level: Range<Int>?
  /// `params.notifications` of `subscriptions/listen`.
  package var notifications: Range<Int>?
  /// `params.requestId` of `notifications/cancelled`, as it is spelled.
  package var requestID: Range<Int>?
  package var meta: Range<Int>?
  /// `params._meta.progressToken` of a request, as it is spelled.
  package var progressToken: Range<Int>?
  /// `params.progressToken` of `notifications/progress`, as it is spelled.
  package var notifiedProgressToken: Range<Int>?
  /// Of `params._meta`, under `io.modelcontextprotocol/`.
  package var protocolVersion: JSONString?
  package var clientCapabilities: Range<Int>?
  package var clientInfo: Range<Int>?
  package var logLevel: JSONString?
  /// Of a response.
  package var result: Range<Int>?
  package var error: Range<Int>?

  package init() {}
}
